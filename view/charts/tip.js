// The box that tells the numbers under the cursor, and where it goes: beside the cursor, where it covers the least of the
// curves, or below the chart if it is too wide for that.
"use strict";

(() => {
  const near = 14; // pixels from a curve within which the cursor points at it

  // snap returns the place of the nearest point at which a shown curve has a value: the point that the pointer is on, or else that
  // with the nearest x.
  function snap(chart, u, left, top) {
    if (left < 0 || !chart.x?.length) return left;
    const wanted = u.posToVal(left, "x"), shown = chart.curves.filter((c) => chart.board.shows(c));
    const place = (i) => u.valToPos(chart.x[i], "x");
    let best = null, hit = null;
    for (const c of shown) {
      const i = nearest(chart.x, c.y, wanted);
      if (i < 0) continue;
      const dx = Math.abs(place(i) - left), dy = Math.abs(u.valToPos(chart.axis().place(c.y[i]), "y") - top);
      if (best === null || dx < best.dx) best = { i, dx };
      if (dx < 8 && dy < near && (hit === null || dx + dy < hit.away)) hit = { i, away: dx + dy };
    }
    return best === null ? left : place((hit ?? best).i);
  }

  // nearest returns the index of the value that is not missing and whose x is nearest to wanted, or -1.
  function nearest(x, values, wanted, missing = (v) => v == null) {
    let [from, to] = [0, x.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (x[middle] < wanted) from = middle + 1;
      else to = middle;
    }
    let [before, after] = [from - 1, from];
    while (before >= 0 && missing(values[before])) before--;
    while (after < x.length && missing(values[after])) after++;
    if (after >= x.length) return before;
    return before < 0 || x[after] - wanted < wanted - x[before] ? after : before;
  }

  // rows returns what the cursor points at: for each shown curve the point that is next to it, the nearest curve first.
  function rows(chart, u) {
    const { top, idx } = u.cursor, { shows, place } = chart.axis(), list = [];
    if (idx == null) return list; // the cursor is elsewhere
    for (const c of chart.curves) {
      const at = nearest(chart.x, c.y, chart.x[idx], (v) => v === undefined), v = c.y[at]; // null is a gap
      if (v == null || !shows(v) || !chart.board.shows(c)) continue;
      const y = u.valToPos(place(v), "y");
      list.push({ c, at, v, y, away: Math.abs(y - top) });
    }
    return list.sort((a, b) => a.away - b.away);
  }

  // mark puts dots on the points next to the cursor: on those of few curves, or of many on the nearest one.
  function mark(chart, u, list = rows(chart, u)) {
    const marked = chart.curves.length > charts.crowd ? list.slice(0, 1) : list;
    while (chart.dots.length < marked.length) chart.dots.push(charts.make(u.over, "div", { className: "chart-dot" }));
    for (const [i, dot] of chart.dots.entries()) {
      dot.hidden = i >= marked.length;
      if (dot.hidden) continue;
      const { c, at, y } = marked[i];
      dot.style.translate = `${u.valToPos(chart.x[at], "x")}px ${y}px`;
      dot.style.background = charts.colour(chart.number(c));
    }
  }

  // point shows what is under the cursor, in the chart that the reader uses.
  function point(chart, u) {
    const { tip, board } = chart, list = rows(chart, u);
    mark(chart, u, list);
    if (!tip || !chart.used() || u.cursor.idx == null) {
      if (tip) tip.hidden = true;
      if (chart.pointing) board.light(null, chart);
      chart.pointing = false;
      return;
    }
    chart.pointing = true;
    const closest = list[0]?.away < near ? list[0].c : null;
    board.light(board.names.size > 1 ? closest?.name ?? null : null, chart);
    tell(chart, u, list.slice(0, charts.crowd).sort((a, b) => b.v - a.v), list.length - charts.crowd, closest);
    place(chart, u);
  }

  function tell(chart, u, list, more, closest) {
    const { left, idx } = u.cursor, { tip, board } = chart, mixed = new Set(chart.curves.map((c) => c.kind)).size > 1;
    tip.replaceChildren();
    const marks = chart.shownMarks().filter((m) => Math.abs(u.valToPos(m.x, "x") - left) < 6).map((m) => board.say(m.text));
    charts.make(tip, "header", { textContent: [`${chart.xText()} ${charts.number(chart.x[idx], 6)}`, ...marks].join(" · ") });
    for (const { c, at, v } of list) {
      const row = charts.make(tip, "div", { className: c === closest ? "near" : "" });
      row.append(charts.swatch(board.entry(c.name).number, c.kind));
      charts.make(row, "span", { textContent: mixed ? board.full(c) : board.say(c.name) });
      charts.make(row, "b", { textContent: chart.text(v) });
      const small = [];
      if (c.low?.[at] != null) small.push(charts.say("range", { low: chart.text(c.low[at]), high: chart.text(c.high[at]) }));
      if (at !== idx) small.push(charts.say("at", { x: `${chart.xText()} ${charts.number(chart.x[at], 6)}` }));
      if (small.length) charts.make(row, "small", { textContent: small.join(" · ") });
    }
    if (more > 0) charts.make(tip, "header", { textContent: charts.say("more", { n: more }) });
    tip.hidden = false;
  }

  function place(chart, u) {
    const { tip } = chart, { left } = u.cursor, gap = 14;
    const { offsetLeft: x0, offsetTop: y0, clientWidth: width, clientHeight: height } = u.over;
    const [w, h] = [tip.offsetWidth, tip.offsetHeight], whole = chart.plot.clientWidth;
    const sides = [x0 + left + gap, x0 + left - gap - w].filter((x) => x >= 0 && x + w <= whole);
    let best = { x: Math.max(0, Math.min(x0 + left - w / 2, whole - w)), y: chart.height + 2, covers: Infinity };
    for (const x of sides) {
      for (const y of [y0, y0 + (height - h) / 2, y0 + height - h]) {
        const covers = covered(chart, u, { left: x - x0, right: Math.min(width, x - x0 + w), top: y - y0, bottom: y - y0 + h });
        if (covers < best.covers) best = { x, y: Math.max(0, y), covers };
      }
    }
    tip.style.left = `${best.x}px`;
    tip.style.top = `${best.y}px`;
  }

  // covered returns how many of some points of the curves lie in a box.
  function covered(chart, u, box) {
    const probes = 8;
    let n = 0;
    for (let k = 0; k < probes; k++) {
      const wanted = u.posToVal(box.left + ((k + 0.5) / probes) * (box.right - box.left), "x");
      for (const c of chart.curves) {
        const i = chart.board.shows(c) ? nearest(chart.x, c.y, wanted) : -1;
        if (i < 0) continue;
        const y = u.valToPos(chart.axis().place(c.y[i]), "y");
        if (y > box.top - 4 && y < box.bottom + 4) n++;
      }
    }
    return n;
  }

  charts.cursor = { snap, point, mark };
})();
