// What a chart draws between uPlot's axes: marks, bands, curves and what is over them, on the page's canvas and in pictures that
// are saved. A shape has a path or a text in CSS pixels from the upper left corner of the area between the axes, and a number
// of a colour, -1 for that of secondary text.
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

  const beyond = 100; // how far texts may reach

  // layers returns the shapes of curves, each layer over the one before it, and how far it may reach beyond the axes. A
  // name may be lit.
  function layers(chart, u, curves, lit) {
    const values = chart.x.length === 1 ? written(chart, u, curves) : [];
    return [[under(chart, u, curves, lit), 0], [middle(chart, u, curves, lit), 2], [over(chart, u, curves, lit), 6], [values, beyond]];
  }

  const colourOf = (chart, c) => chart.board.entry(c.name).number;

  // alpha returns how much of a curve is seen: little of it if another name is lit.
  const alphaOf = (c, lit) => charts.stroke(c.kind).alpha * (lit === null || lit === c.name ? 1 : 0.15);

  // under returns what is behind the curves: bands, and the lines whose mean a curve is.
  function* under(chart, u, curves, lit) {
    for (const c of curves) {
      const colour = colourOf(chart, c), alpha = alphaOf(c, lit);
      if (c.low) yield { kept: kept(chart, u, c, () => band(chart, u, c)), colour, fill: true, alpha: 0.18 * alpha };
      // The pale points of many curves would be a cloud, so only the highlighted curve has them.
      if (c.seeds === 1 && (!c.smooth || (chart.curves.length > charts.crowd && lit !== c.name))) continue;
      const { dash } = charts.stroke(c.kind);
      for (const l of c.lines) {
        const line = kept(chart, u, l, () => path(chart, u, c.seeds > 1 ? l.y : l.raw));
        yield { kept: line, colour, dash, width: 1, alpha: 0.32 * alpha };
      }
    }
  }

  // middle returns the curves, with a dot where a point has no neighbour to draw a line to.
  function* middle(chart, u, curves, lit) {
    const { shows } = chart.axis(), dot = (p) => charts.mark("circle", p.x, p.y);
    for (const c of curves) {
      const colour = colourOf(chart, c), alpha = alphaOf(c, lit), { dash, width } = charts.stroke(c.kind);
      yield { kept: kept(chart, u, (c.drawn ??= {}), () => path(chart, u, c.y)), colour, dash, width, alpha };
      const dots = c.alone.filter((i) => shows(c.y[i])).map((i) => dot(at(chart, u, i, c.y[i])));
      if (dots.length) yield { d: dots.join(""), colour, fill: true, alpha };
    }
  }

  // behind returns the layers behind all curves: the lines of marks, and their texts above the axes, where no curve is.
  function behind(chart, u) {
    const { min, max } = u.scales.x, lines = [], texts = [];
    let free = -Infinity; // right of the last text
    for (const m of chart.shownMarks().filter((m) => m.x >= min && m.x <= max).sort((a, b) => a.x - b.x)) {
      const x = Math.round(u.valToPos(m.x, "x")) + 0.5, text = chart.board.say(m.text), wide = charts.textWidth(text, 11);
      lines.push({ d: `M${x} 0V${u.over.clientHeight}`, colour: -1, width: 1, alpha: 0.6 });
      const left = Math.min(x + 4, u.over.clientWidth - wide);
      if (left < free) continue;
      texts.push({ text, x: left, y: -3, size: 11, colour: -1, alpha: 1 });
      free = left + wide + 6;
    }
    return [[lines, 0], [texts, beyond]];
  }

  // over returns what is above the curves: marks of their kinds, and a cross where a run diverged.
  function* over(chart, u, curves, lit) {
    const { shows } = chart.axis();
    for (const c of curves) {
      const colour = colourOf(chart, c), alpha = alphaOf(c, lit), { mark, width } = charts.stroke(c.kind);
      if (mark) {
        const points = kept(chart, u, (c.marked ??= {}), () => spaced(chart, u, c, mark));
        yield { kept: points, colour, width, alpha, hollow: true };
      }
      for (const l of c.lines) {
        const end = l.line.diverged ? l.y.findLastIndex((v) => v != null && shows(v)) : -1;
        if (end < 0) continue;
        const { x, y } = at(chart, u, end, l.y[end]);
        yield { d: `M${x - 5} ${y - 5}l10 10M${x - 5} ${y + 5}l10 -10`, colour, width: 2, alpha };
      }
    }
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

  // written returns the values of single points beside them, as far as there is room.
  function written(chart, u, curves) {
    const { shows } = chart.axis(), shapes = [];
    let free = -Infinity;
    const kinds = new Set(chart.curves.map((c) => c.kind)).size > 1, { board } = chart;
    const points = curves.map((c) => ({ c, v: c.y[0], colour: colourOf(chart, c) }))
      .filter(({ v }) => v != null && shows(v)).map((p) => ({ ...p, ...at(chart, u, 0, p.v) }));
    for (const p of points.sort((a, b) => a.y - b.y)) {
      const y = Math.max(Math.min(p.y + 4, u.over.clientHeight - 2), free);
      if (y > u.over.clientHeight) break;
      const text = kinds ? charts.say("named", { name: chart.text(p.v), kind: board.kindText(p.c.kind) }) : chart.text(p.v);
      shapes.push({ text, x: p.x + 10, y, size: 12, colour: p.colour, alpha: 1 });
      free = y + 14;
    }
    return shapes;
  }

  const part = 60000; // letters of the paths that are drawn at a time

  // paint draws shapes on a canvas that is as large as that of uPlot. spill is how far they may reach beyond the axes. It
  // yields after each part of them.
  function* paint(ctx, u, shapes, spill) {
    let drawn = 0;
    begin(ctx, u, spill);
    for (const s of shapes) {
      stroke(ctx, s);
      drawn += 200 + (s.kept?.d ?? s.d ?? "").length;
      if (drawn < part) continue;
      drawn = 0;
      ctx.restore();
      yield;
      begin(ctx, u, spill);
    }
    ctx.restore();
  }

  function begin(ctx, { bbox }, spill) {
    const ratio = uPlot.pxRatio, width = bbox.width / ratio, height = bbox.height / ratio;
    ctx.save();
    ctx.translate(bbox.left, bbox.top);
    ctx.scale(ratio, ratio);
    ctx.beginPath();
    ctx.rect(-spill, -spill, width + 2 * spill, height + 2 * spill);
    ctx.clip();
    ctx.lineJoin = "round";
  }

  function stroke(ctx, s) {
    ctx.globalAlpha = s.alpha;
    ctx.fillStyle = ctx.strokeStyle = charts.colour(s.colour);
    if (s.text !== undefined) {
      ctx.font = charts.font.replace("12px", `${s.size}px`);
      [ctx.textBaseline, ctx.textAlign] = ["alphabetic", "left"];
      ctx.fillText(s.text, s.x, s.y);
      return;
    }
    const path = s.kept ? (s.kept.path ??= new Path2D(s.kept.d)) : new Path2D(s.d);
    if (s.fill) {
      ctx.fill(path);
      return;
    }
    ctx.lineWidth = s.width;
    ctx.setLineDash(s.dash ?? []);
    if (s.hollow) {
      ctx.fillStyle = charts.theme().panel;
      ctx.fill(path);
    }
    ctx.stroke(path);
  }

  const ruler = document.createElement("canvas").getContext("2d");
  // textWidth returns the width of a text in CSS pixels.
  function textWidth(text, size = 12) {
    ruler.font = charts.font.replace("12px", `${size}px`);
    return ruler.measureText(text).width;
  }

  Object.assign(charts, { layers, behind, paint, textWidth });
})();
