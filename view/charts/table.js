// The numbers of a chart as a table: for readers who do not see the curves, and for everyone who wants to read them.
"use strict";

(() => {
  const [mostRows, mostCurves] = [50, 12];

  // table returns a table of the shown curves, with at most 50 of their points, evenly spread, the last one among them.
  function table(chart) {
    const shown = chart.curves.filter((c) => chart.board.shows(c)), some = shown.slice(0, mostCurves);
    const points = chart.x.flatMap((_, i) => (some.some((c) => c.y[i] !== undefined) ? [i] : []));
    const n = Math.min(mostRows, points.length);
    const rows = Array.from({ length: n }, (_, k) => points[n === 1 ? 0 : Math.round((k * (points.length - 1)) / (n - 1))]);
    const element = document.createElement("table");
    const values = { title: chart.title(), n, all: points.length, some: some.length, curves: shown.length };
    const key = some.length < shown.length ? "table.left" : n < points.length ? "table.some" : "table";
    charts.make(element, "caption", { textContent: charts.say(key, values) });
    const head = element.createTHead().insertRow(), body = element.createTBody();
    const heads = [chart.xText(), ...some.map((c) => chart.board.full(c))];
    for (const text of heads) charts.make(head, "th", { scope: "col", textContent: text });
    for (const i of rows) {
      const row = body.insertRow();
      charts.make(row, "th", { scope: "row", textContent: charts.number(chart.x[i], 6) });
      for (const c of some) row.insertCell().textContent = c.y[i] == null ? "–" : chart.text(c.y[i]) + range(chart, c, i);
    }
    return element;
  }

  function range(chart, { low, high }, i) {
    return low?.[i] == null ? "" : ` (${charts.say("range", { low: chart.text(low[i]), high: chart.text(high[i]) })})`;
  }

  charts.table = table;
})();
