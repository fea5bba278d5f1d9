// What a chart draws by itself, behind and over uPlot's curves: marks, bands, pale lines, and crosses where a run diverged.
"use strict";

(() => {
  // under draws what is behind the curves: marks, bands, and the lines whose mean a curve is.
  function under(chart, u) {
    const { ctx } = u, ratio = uPlot.pxRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    marks(chart, u);
    chart.curves.forEach((c, i) => {
      if (!chart.board.shows(c)) return;
      ctx.strokeStyle = ctx.fillStyle = charts.colour(chart.number(i + 1));
      if (c.low) {
        ctx.globalAlpha = 0.18 * chart.alpha(c);
        ctx.fill(kept(chart, u, c, () => band(chart, u, c)));
      }
      // The pale points of many curves would be a cloud, so only the highlighted curve has them.
      if (c.seeds === 1 && (!chart.options.smooth || (chart.curves.length > charts.crowd && chart.board.lit !== c.name))) return;
      ctx.globalAlpha = 0.32 * chart.alpha(c);
      ctx.lineWidth = ratio;
      for (const l of c.lines) ctx.stroke(kept(chart, u, l, () => path(chart, u, c.seeds > 1 ? l.y : l.raw)));
    });
    ctx.restore();
  }

  // kept returns the path that was drawn before, if nothing has moved since.
  function kept(chart, u, of, draw) {
    const { x, y } = u.scales, key = [chart.log, x.min, x.max, y.min, y.max, ...Object.values(u.bbox)].join();
    if (of.kept?.key !== key) of.kept = { key, path: draw() };
    return of.kept.path;
  }

  // path returns a line through values, in canvas pixels.
  function path(chart, u, values, path = new Path2D()) {
    const { shows } = chart.axis(), { steps } = chart.options;
    let last = null;
    values.forEach((v, i) => {
      if (v === undefined) return;
      if (v === null || !shows(v)) return void (last = null);
      const at = { x: u.valToPos(chart.x[i], "x", true), y: u.valToPos(v, "y", true) };
      if (!last) path.moveTo(at.x, at.y);
      else if (steps) path.lineTo(last.x, at.y);
      path.lineTo(at.x, at.y);
      last = at;
    });
    return path;
  }

  // band returns the area from low to high, in one piece for each run of points.
  function band(chart, u, c) {
    const { shows } = chart.axis(), path = new Path2D();
    let points = [];
    const close = () => {
      const back = points.map((p) => [p.x, p.high]).reverse();
      [...points.map((p) => [p.x, p.low]), ...back].forEach(([x, y], k) => (k ? path.lineTo(x, y) : path.moveTo(x, y)));
      points = [];
    };
    c.low.forEach((v, i) => {
      if (v === undefined) return;
      if (v === null || c.high[i] == null || !shows(v) || !shows(c.high[i])) return close();
      const p = { x: u.valToPos(chart.x[i], "x", true), low: u.valToPos(v, "y", true), high: u.valToPos(c.high[i], "y", true) };
      if (chart.options.steps && points.length) points.push({ ...p, x: points.at(-1).x });
      points.push(p);
    });
    close();
    return path;
  }

  function marks(chart, u) {
    const { ctx } = u, ratio = uPlot.pxRatio, { soft } = charts.theme();
    ctx.strokeStyle = ctx.fillStyle = soft;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.font = charts.font.replace("12px", `${11 * ratio}px`);
    [ctx.textBaseline, ctx.textAlign] = ["top", "left"];
    let free = -Infinity; // right of the last text
    const { min, max } = u.scales.x;
    for (const m of chart.shownMarks().filter((m) => m.x >= min && m.x <= max).sort((a, b) => a.x - b.x)) {
      const x = Math.round(u.valToPos(m.x, "x", true)) + 0.5;
      ctx.globalAlpha = 0.8;
      ctx.stroke(new Path2D(`M${x} ${u.bbox.top}v${u.bbox.height}`));
      const width = ctx.measureText(m.text).width, left = Math.min(x + 4 * ratio, u.bbox.left + u.bbox.width - width);
      if (left < free) continue;
      ctx.fillText(m.text, left, u.bbox.top + 2 * ratio);
      free = left + width + 6 * ratio;
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  // over draws a cross where a run ended because it diverged.
  function over(chart, u) {
    const { ctx } = u, ratio = uPlot.pxRatio, r = 5 * ratio, { shows } = chart.axis();
    chart.curves.forEach((c, i) => {
      if (!chart.board.shows(c)) return;
      for (const l of c.lines) {
        const at = l.line.diverged ? l.y.findLastIndex((v) => v != null && shows(v)) : -1;
        if (at < 0) continue;
        const x = u.valToPos(chart.x[at], "x", true), y = u.valToPos(l.y[at], "y", true);
        ctx.save();
        ctx.globalAlpha = chart.alpha(c);
        ctx.strokeStyle = charts.colour(chart.number(i + 1));
        ctx.lineWidth = 2 * ratio;
        ctx.stroke(new Path2D(`M${x - r} ${y - r}l${2 * r} ${2 * r}M${x - r} ${y + r}l${2 * r} ${-2 * r}`));
        ctx.restore();
      }
    });
  }

  charts.paint = { under, over };
})();
