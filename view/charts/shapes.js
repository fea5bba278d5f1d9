// What a chart draws besides uPlot's curves: shapes behind and over them, on the page's canvas and in pictures that are
// saved. A shape has a path or a text in CSS pixels from the upper left corner of the area between the axes, and a number of
// a colour, -1 for that of secondary text.
"use strict";

(() => {
  const round = (v) => Math.round(v * 10) / 10;
  const at = (chart, u, i, v) => ({ x: round(u.valToPos(chart.x[i], "x")), y: round(u.valToPos(chart.axis().place(v), "y")) });

  // path returns a line through values.
  function path(chart, u, values) {
    const { shows } = chart.axis(), { steps } = chart.options;
    let d = "", last = null;
    values.forEach((v, i) => {
      if (v === undefined) return;
      if (v === null || !shows(v)) return void (last = null);
      const p = at(chart, u, i, v);
      if (!last) d += `M${p.x} ${p.y}`;
      else if (steps) d += `V${p.y}`;
      d += `L${p.x} ${p.y}`;
      last = p;
    });
    return d;
  }

  // band returns the area from low to high, in one piece for each run of points.
  function band(chart, u, c) {
    const { shows } = chart.axis();
    let d = "", points = [];
    const close = () => {
      if (points.length === 1) points = [-3, 3].map((by) => ({ ...points[0], x: points[0].x + by })); // a bar
      const around = [...points.map((p) => `${p.x} ${p.low}`), ...points.map((p) => `${p.x} ${p.high}`).reverse()];
      if (around.length) d += `M${around.join("L")}Z`;
      points = [];
    };
    c.low.forEach((v, i) => {
      if (v === undefined) return;
      if (v === null || c.high[i] == null || !shows(v) || !shows(c.high[i])) return close();
      const { x, y: low } = at(chart, u, i, v), { y: high } = at(chart, u, i, c.high[i]);
      if (chart.options.steps && points.length) points.push({ x: points.at(-1).x, low, high });
      points.push({ x, low, high });
    });
    close();
    return d;
  }

  // kept returns the path that was made before, if nothing has moved since.
  function kept(chart, u, of, make) {
    const { x, y } = u.scales, key = [chart.log, x.min, x.max, y.min, y.max, ...Object.values(u.bbox)].join();
    if (of.kept?.key !== key) of.kept = { key, d: make() };
    return of.kept;
  }

  // under returns what is behind the curves: marks, bands, and the lines whose mean a curve is.
  function under(chart, u) {
    const shapes = marksIn(chart, u).map(({ x }) => ({ d: `M${x} 0V${u.over.clientHeight}`, colour: -1, width: 1, alpha: 0.6 }));
    chart.curves.forEach((c, i) => {
      if (!chart.board.shows(c)) return;
      const colour = chart.number(i + 1), alpha = chart.alpha(c);
      if (c.low) shapes.push({ kept: kept(chart, u, c, () => band(chart, u, c)), colour, fill: true, alpha: 0.18 * alpha });
      // The pale points of many curves would be a cloud, so only the highlighted curve has them.
      if (c.seeds === 1 && (!c.smooth || (chart.curves.length > charts.crowd && chart.board.lit !== c.name))) return;
      const { dash } = charts.stroke(c.kind);
      for (const l of c.lines) {
        const line = kept(chart, u, l, () => path(chart, u, c.seeds > 1 ? l.y : l.raw));
        shapes.push({ kept: line, colour, dash, width: 1, alpha: 0.32 * alpha });
      }
    });
    return shapes;
  }

  // marksIn returns the marks in the part that is shown, from left to right, and where they are.
  function marksIn(chart, u) {
    const { min, max } = u.scales.x;
    return chart.shownMarks().filter((m) => m.x >= min && m.x <= max).sort((a, b) => a.x - b.x)
      .map((m) => ({ text: chart.board.say(m.text), x: Math.round(u.valToPos(m.x, "x")) + 0.5 }));
  }

  // labels returns the texts of marks, above the axes, where no curve is.
  function labels(chart, u) {
    const shapes = [];
    let free = -Infinity; // right of the last text
    for (const { text, x } of marksIn(chart, u)) {
      const wide = charts.textWidth(text, 11), left = Math.min(x + 4, u.over.clientWidth - wide);
      if (left < free) continue;
      shapes.push({ text, x: left, y: -3, size: 11, colour: -1, alpha: 1 });
      free = left + wide + 6;
    }
    return shapes;
  }

  // over returns what is above the curves: the texts of marks, marks of the curves' kinds, a cross where a run diverged, and
  // the values of a chart of single points.
  function over(chart, u) {
    const shapes = labels(chart, u), { shows } = chart.axis();
    chart.curves.forEach((c, i) => {
      if (!chart.board.shows(c)) return;
      const colour = chart.number(i + 1), alpha = chart.alpha(c), { mark, width } = charts.stroke(c.kind);
      if (mark) {
        const points = kept(chart, u, (c.marked ??= {}), () => spaced(chart, u, c, mark));
        shapes.push({ kept: points, colour, width, alpha, hollow: true });
      }
      for (const l of c.lines) {
        const end = l.line.diverged ? l.y.findLastIndex((v) => v != null && shows(v)) : -1;
        if (end < 0) continue;
        const { x, y } = at(chart, u, end, l.y[end]);
        shapes.push({ d: `M${x - 5} ${y - 5}l10 10M${x - 5} ${y + 5}l10 -10`, colour, width: 2, alpha });
      }
    });
    return chart.x.length === 1 ? shapes.concat(values(chart, u)) : shapes;
  }

  // spaced returns marks at points of a curve that are not too close to one another.
  function spaced(chart, u, c, mark) {
    const { shows } = chart.axis();
    let d = "", last = -Infinity;
    c.y.forEach((v, i) => {
      if (v == null || !shows(v)) return;
      const { x, y } = at(chart, u, i, v);
      if (x - last < 22) return;
      d += charts.mark(mark, x, y);
      last = x;
    });
    return d;
  }

  // values returns the values of the curves beside their points, as far as there is room for them.
  function values(chart, u) {
    const { shows } = chart.axis(), shapes = [];
    let free = -Infinity;
    const kinds = new Set(chart.curves.map((c) => c.kind)).size > 1, { board } = chart;
    const points = chart.curves.map((c, i) => ({ c, v: c.y[0], colour: chart.number(i + 1) }))
      .filter(({ c, v }) => chart.board.shows(c) && v != null && shows(v)).map((p) => ({ ...p, ...at(chart, u, 0, p.v) }));
    for (const p of points.sort((a, b) => a.y - b.y)) {
      const y = Math.max(Math.min(p.y + 4, u.over.clientHeight - 2), free);
      if (y > u.over.clientHeight) break;
      const text = kinds ? charts.say("named", { name: chart.text(p.v), kind: board.kindText(p.c.kind) }) : chart.text(p.v);
      shapes.push({ text, x: p.x + 10, y, size: 12, colour: p.colour, alpha: 1 });
      free = y + 14;
    }
    return shapes;
  }

  // paint draws shapes on the canvas. spill is how far they may reach beyond the axes, unless they are texts.
  function paint(u, shapes, spill) {
    const { ctx, bbox } = u, ratio = uPlot.pxRatio, width = bbox.width / ratio, height = bbox.height / ratio;
    ctx.save();
    ctx.translate(bbox.left, bbox.top);
    ctx.scale(ratio, ratio);
    [ctx.textBaseline, ctx.textAlign] = ["alphabetic", "left"];
    for (const s of shapes.filter((s) => s.text !== undefined)) {
      [ctx.globalAlpha, ctx.fillStyle, ctx.font] = [s.alpha, charts.colour(s.colour), charts.font.replace("12px", `${s.size}px`)];
      ctx.fillText(s.text, s.x, s.y);
    }
    ctx.beginPath();
    ctx.rect(-spill, -spill, width + 2 * spill, height + 2 * spill);
    ctx.clip();
    for (const s of shapes.filter((s) => s.text === undefined)) {
      ctx.globalAlpha = s.alpha;
      ctx.fillStyle = ctx.strokeStyle = charts.colour(s.colour);
      const path = s.kept ? (s.kept.path ??= new Path2D(s.kept.d)) : new Path2D(s.d);
      if (s.fill) {
        ctx.fill(path);
        continue;
      }
      ctx.lineWidth = s.width;
      ctx.setLineDash(s.dash ?? []);
      if (s.hollow) {
        ctx.fillStyle = charts.theme().panel;
        ctx.fill(path);
      }
      ctx.stroke(path);
    }
    ctx.restore();
  }

  const ruler = document.createElement("canvas").getContext("2d");
  // textWidth returns the width of a text in CSS pixels.
  function textWidth(text, size = 12) {
    ruler.font = charts.font.replace("12px", `${size}px`);
    return ruler.measureText(text).width;
  }

  Object.assign(charts, { path, under, over, paint, textWidth });
})();
