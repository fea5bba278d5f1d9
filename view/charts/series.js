// The curves of a chart: one for each name and kind, all on one x axis.
"use strict";

(() => {
  // gather makes the curves of lines, and yields where it can be left: { x, curves }, where x has every x of any line, in order, and
  // each curve has y, low and high at these (the means over its lines and the band around them; null is a gap, undefined means
  // that there is no point), the indices of those that are alone, its lines with their y aligned in the same way, and more than it
  // is drawn as one line if seeds > 1. all smooths all lines alike; at returns the function by which a line's x becomes that of
  // the axis, if it does.
  function* gather(lines, { band = "range", smooth = 0, all = null, at = () => null } = {}) {
    const places = new Map(lines.map((l) => [l, moved(l, at(l))]));
    const x = [...new Set(lines.flatMap((l) => places.get(l)))].filter(Number.isFinite).sort((a, b) => a - b);
    const index = new Map(x.map((v, i) => [v, i]));
    const curves = new Map();
    for (const line of lines) {
      const key = JSON.stringify([line.name, line.kind]);
      if (!curves.has(key)) curves.set(key, { key, name: line.name, kind: line.kind, lines: [] });
      const raw = align(places.get(line), line.y, index);
      const some = all ?? line.smooth ?? smooth;
      curves.get(key).lines.push({ line, raw, y: some ? smoothed(raw, some) : raw });
      if (some) curves.get(key).smooth = some;
      yield;
    }
    for (const curve of curves.values()) {
      summarise(curve, x.length, index, places, band);
      curve.alone = alone(curve.y);
      yield;
    }
    return { x, curves: [...curves.values()] };
  }

  const moved = (line, at) => (at ? line.x.map(at) : line.x);

  function align(x, values, index) {
    const aligned = new Array(index.size);
    for (let i = 0; i < x.length; i++) {
      const at = index.get(x[i]);
      if (at !== undefined) aligned[at] = charts.drawable(values[i]) ? values[i] : null;
    }
    return aligned;
  }

  // smoothed returns for each value the mean of it, up to n/2 values before it and as many after it. Curves begin steep
  // and end flat. Near the beginning it takes fewer values on both sides, near the end it takes fewer after the value.
  function smoothed(values, n) {
    const known = values.filter((v) => v != null), sums = [0];
    for (const v of known) sums.push(sums.at(-1) + v);
    let k = -1;
    return values.map((v) => {
      if (v == null) return v;
      const before = Math.min(Math.floor(n / 2), ++k), after = Math.min(before, known.length - 1 - k);
      return (sums[k + after + 1] - sums[k - before]) / (before + after + 1);
    });
  }

  function summarise(curve, n, index, places, band) {
    curve.seeds = curve.lines.length;
    if (curve.seeds === 1) {
      const [{ line, y }] = curve.lines, x = places.get(line);
      curve.y = y;
      if (line.low && line.high) Object.assign(curve, { low: align(x, line.low, index), high: align(x, line.high, index) });
      return;
    }
    const [low, high] = [new Array(n), new Array(n)];
    curve.y = new Array(n);
    for (let i = 0; i < n; i++) {
      const some = curve.lines.map((l) => l.y[i]).filter((v) => v != null);
      if (some.length === 0) {
        if (curve.lines.some((l) => l.y[i] === null)) curve.y[i] = low[i] = high[i] = null;
        continue;
      }
      const mean = some.reduce((a, b) => a + b) / some.length;
      const least = Math.min(...some), most = Math.max(...some);
      curve.y[i] = mean;
      [low[i], high[i]] = [least, most];
      if (band !== "sd") continue;
      const sd = some.length > 1 ? Math.sqrt(some.reduce((a, v) => a + (v - mean) ** 2, 0) / (some.length - 1)) : 0;
      low[i] = mean - sd;
      high[i] = mean + sd;
      if (low[i] <= 0 && least > 0) low[i] = least; // else there is no band on a logarithmic axis
    }
    if (band !== "none") Object.assign(curve, { low, high });
  }

  // alone returns the points that have no neighbour to draw a line to.
  function alone(y) {
    const points = y.flatMap((v, i) => (v === undefined ? [] : [{ v, i }]));
    return points.filter(({ v }, k) => v !== null && points[k - 1]?.v == null && points[k + 1]?.v == null).map(({ i }) => i);
  }

  // through returns the function that is linear between the points (x[i], y[i]), and goes on beyond them as at their ends.
  function through(x, y) {
    return (v) => {
      let [i, end] = [1, x.length - 1]; // the first of these with x[i] ≥ v, or the last
      while (i < end) {
        const middle = (i + end) >> 1;
        if (x[middle] < v) i = middle + 1;
        else end = middle;
      }
      return y[i - 1] + ((v - x[i - 1]) * (y[i] - y[i - 1])) / (x[i] - x[i - 1]);
    };
  }

  Object.assign(charts, { gather, through, drawable: (v) => Number.isFinite(v) && Math.abs(v) < 1e150 });
})();
