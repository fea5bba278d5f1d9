// Keys and fingers on a chart. uPlot knows the mouse: a drag shows a part, a double click the whole.
"use strict";

(() => {
  // key moves the cursor from point to point, zooms around it, and shows the whole again.
  function key(chart, e) {
    const { u } = chart;
    if (!u || e.ctrlKey || e.metaKey || e.altKey) return;
    const { min, max } = u.scales.x, middle = u.cursor.idx == null ? (min + max) / 2 : chart.x[u.cursor.idx];
    const zoom = (by) => chart.zoom(inside(chart, { min: middle + (min - middle) * by, max: middle + (max - middle) * by }));
    const acts = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), Escape: () => chart.zoom(null) };
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[e.key];
    if (by === undefined && !acts[e.key]) return;
    e.preventDefault();
    if (by === undefined) return acts[e.key]();
    const has = (i) => chart.curves.some((c) => chart.board.shows(c) && c.y[i] != null);
    const seen = chart.x.flatMap((x, i) => (x >= min && x <= max && has(i) ? [i] : []));
    const now = u.cursor.idx == null ? (by < 0 ? seen.length : -1) : seen.indexOf(u.cursor.idx);
    const i = seen[Math.max(0, Math.min(seen.length - 1, now + by))];
    if (i !== undefined) u.setCursor({ left: u.valToPos(chart.x[i], "x"), top: chart.height / 3 }, true, true);
  }

  // inside returns a range within that of all points, or null for all of it.
  function inside(chart, { min, max }) {
    const [low, high] = chart.whole(), least = (high - low) / 1000;
    [min, max] = [Math.max(low, Math.min(min, high - least)), Math.min(high, Math.max(max, low + least))];
    if (max - min < least) return chart.zoomed;
    return min <= low && max >= high ? null : { min, max };
  }

  // touch: a tap points at what it touches, a drag shows a part, two fingers zoom, a double tap shows the whole. A drag up
  // or down scrolls the page.
  function touch(chart) {
    const fingers = new Map();
    let [drag, pinch, lastTap] = [null, null, 0];
    const place = (e) => e.clientX - chart.u.over.getBoundingClientRect().left;
    const on = (event, act) => chart.plot.addEventListener(event, (e) => e.pointerType === "touch" && chart.u && act(e));
    const select = (left, width) => chart.u.setSelect({ left, width, top: 0, height: width ? chart.u.over.clientHeight : 0 }, false);
    on("pointerdown", (e) => {
      fingers.set(e.pointerId, place(e));
      drag = fingers.size === 1 ? { from: place(e), y: e.clientY, moved: false } : null;
      if (fingers.size !== 2) return;
      select(0, 0);
      pinch = [...fingers].map(([id, at]) => ({ id, value: chart.u.posToVal(at, "x") }));
    });
    on("pointermove", (e) => {
      if (!fingers.has(e.pointerId)) return;
      fingers.set(e.pointerId, place(e));
      if (pinch && fingers.size === 2) {
        const [a, b] = pinch.map(({ id, value }) => ({ at: fingers.get(id), value }));
        if (Math.abs(a.at - b.at) < 10) return;
        const slope = (b.value - a.value) / (b.at - a.at), min = a.value - slope * a.at;
        if (slope > 0) chart.zoom(inside(chart, { min, max: min + slope * chart.u.over.clientWidth }));
      } else if (drag) {
        drag.moved ||= Math.abs(place(e) - drag.from) > 10 || Math.abs(e.clientY - drag.y) > 10;
        if (drag.moved) select(Math.min(drag.from, place(e)), Math.abs(place(e) - drag.from));
      }
    });
    on("pointerup", (e) => {
      fingers.delete(e.pointerId);
      if (fingers.size === 0) pinch = null;
      if (!drag) return;
      const { from, moved } = drag, to = place(e);
      drag = null;
      select(0, 0);
      if (moved) {
        const [min, max] = [Math.min(from, to), Math.max(from, to)].map((v) => chart.u.posToVal(v, "x"));
        if (Math.abs(to - from) > 10) chart.zoom(inside(chart, { min, max }));
        return;
      }
      if (e.timeStamp - lastTap < 400) chart.zoom(null);
      lastTap = e.timeStamp;
      chart.touched = true;
      chart.u.setCursor({ left: to, top: e.clientY - chart.u.over.getBoundingClientRect().top }, true, true);
    });
    on("pointercancel", () => {
      fingers.clear();
      [drag, pinch] = [null, null];
      select(0, 0);
    });
    document.addEventListener("pointerdown", (e) => {
      if (!chart.touched || chart.plot.contains(e.target)) return;
      chart.touched = false;
      chart.u?.setCursor({ left: -10, top: -10 });
    });
  }

  charts.hands = { key, touch };
})();
