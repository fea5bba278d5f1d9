// The tables of settings: colours by one factor, groups by another, and differences from a setting that the reader picks.
"use strict";

charts.later(function* () { // after the tables of many rows are made
  const compared = yield unpacked("comparison");
  if (!compared) return;
  const { factors, results } = compared;
  const get = (id) => document.getElementById(id), all = (selector) => [...document.querySelectorAll(selector)];
  const at = new URL(location.href).searchParams;
  const make = (parent, tag, attributes) => {
    const e = parent.appendChild(document.createElementNS(parent.namespaceURI, tag));
    for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
    return e;
  };
  const sign = (v, digits) => (v < 0 ? "−" : "+") + Math.abs(v).toFixed(digits);

  // tell writes a phrase into an element, which keeps it for another language.
  function tell(e, phrase) {
    e.dataset.say = JSON.stringify(phrase);
    e.textContent = speak.phrase(phrase);
  }

  // remember keeps a choice in the page's address, so that it can be passed on.
  function remember(name, value, usual) {
    const url = new URL(location.href);
    if (value === usual) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    try {
      history.replaceState(null, "", url);
    } catch {} // a page that has no address of its own
  }

  // colour returns the colour of a level: numbers are shades from one colour to another.
  function colour(factor, level) {
    const { numeric, levels } = factors[factor];
    if (!numeric || levels.length < 3) return `var(--line-${(level % 16) + 1})`;
    return `color-mix(in oklab, var(--line-2) ${Math.round((100 * level) / (levels.length - 1))}%, var(--line-1))`;
  }

  // A list has the rows of a table in the order of their ranks, those that are not shown among them: their levels, and the
  // element or a function that makes it.
  const lists = new Map(all("table.dots").map((table) => {
    const list = { table, rows: rowsOf(table) };
    list.pages = new paging.Pages(table.closest(".wide"), () => fill(list));
    return [table, list];
  }));
  const chosen = (id) => Number(get(id).value);
  const shown = () => all(`.result[data-result="${chosen("ranked")}"] table.dots`).map((table) => lists.get(table));

  // fill puts the rows of a page into its table, those of each level of a factor under a head of their own. The order within
  // is that of the ranks.
  function fill({ table, rows, pages }) {
    const groups = chosen("groups"), colours = chosen("colours"), levelOf = (row) => row.levels[groups] ?? -1;
    const bodies = [];
    let last;
    for (const row of pages.part(groups < 0 ? rows : rows.toSorted((a, b) => levelOf(a) - levelOf(b)))) {
      if (levelOf(row) !== last) bodies.push(bodyOf(groups, last = levelOf(row), table.tHead.rows[0].cells.length));
      row.element ??= row.make();
      row.element.style.setProperty("--c", colours < 0 ? "var(--line-1)" : colour(colours, row.levels[colours]));
      bodies.at(-1).append(row.element);
    }
    for (const body of [...table.tBodies]) body.remove();
    table.append(...bodies);
    speak.now(table);
  }

  // bodyOf returns an empty part of a table, with a head if it is for a level of a factor.
  function bodyOf(factor, level, columns) {
    const body = document.createElement("tbody");
    if (level < 0) return body;
    const head = make(make(body, "tr", { class: "group" }), "th", { colspan: columns, scope: "rowgroup", translate: "no" });
    head.textContent = `${speak.text(factors[factor].name)}: ${factors[factor].levels[level] || "–"}`;
    return body;
  }

  // draw fills the tables that are shown, and says what the colours are.
  function draw() {
    shown().forEach(fill);
    const factor = chosen("colours"), legend = get("levels");
    legend.replaceChildren();
    legend.hidden = factor < 0;
    if (factor >= 0) factors[factor].levels.forEach((text, i) => {
      const e = make(legend, "span", { translate: "no" });
      make(e, "i", { class: "swatch" }).style.setProperty("--c", colour(factor, i));
      e.append(text || "–");
    });
    remember("colours", String(factor), usual.colours);
    remember("groups", String(chosen("groups")), "-1");
  }

  // differences returns by their settings the differences from one: their means, the halves of their intervals, and the seeds.
  function differences(pairs, from) {
    const of = new Map();
    for (const [i, j, mean, half, seeds] of pairs) {
      if (j === from) of.set(i, { mean, half, seeds });
      else if (i === from) of.set(j, { mean: -mean, half, seeds });
    }
    return of;
  }

  // axisOf returns the axis of differences: where a number is on it, its ticks, and whether it holds a number. It holds
  // 0 and most of the others; what is far off is drawn at its end.
  function axisOf(differences) {
    const reach = differences.map((d) => Math.abs(d.mean) + (d.half ?? 0)).sort((a, b) => a - b);
    const widest = 3 * (reach[Math.floor((reach.length - 1) / 2)] || reach.at(-1) || 1);
    const ends = differences.flatMap((d) => [d.mean - (d.half ?? 0), d.mean + (d.half ?? 0)]).concat(0);
    const low = Math.max(Math.min(...ends), -widest), high = Math.min(Math.max(...ends), widest), span = high - low || 1;
    const least = span / 4, power = 10 ** Math.floor(Math.log10(least)); // no more ticks than a phone has room for
    const step = power * [1, 2, 5, 10].find((k) => k * power >= least);
    const ticks = [];
    for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(Number((k * step).toPrecision(6)) || 0);
    return {
      ticks, holds: (v) => v >= low && v <= high,
      place: (v) => `${4 + (92 * (Math.min(high, Math.max(low, v)) - low)) / span}%`,
    };
  }

  // compare makes the list of differences from one setting.
  function compare(index, reference) {
    const result = results[index], table = document.querySelector(`.result[data-result="${index}"] table.pairs`);
    const of = differences(result.pairs, reference), rows = result.settings.map((name, i) => ({ name, i, d: of.get(i) }))
      .filter(({ i }) => i !== reference);
    const axis = axisOf(rows.flatMap(({ d }) => (d ? [d] : []))), svg = table.tHead.querySelector("svg");
    svg.replaceChildren();
    for (const v of axis.ticks) make(svg, "text", { x: axis.place(v), y: 13 }).textContent = String(v).replace("-", "−");
    const values = { name: result.settings[reference] };
    const from = result.points ? { say: "difference from {name}, in points", values } : { say: "difference from {name}", values };
    tell(table.tHead.querySelector("[data-from]"), from);
    const list = lists.get(table);
    list.pages.first();
    list.rows = rows.map(({ name, i, d }) => ({
      levels: result.levels[i], make: () => differenceRow(name, d, axis, result.digits),
    }));
  }

  // differenceRow returns the row of a setting's difference d.
  function differenceRow(name, d, { place, ticks, holds }, digits) {
    const row = document.createElement("tr");
    make(row, "th", { scope: "row", translate: "no" }).textContent = name;
    const svg = make(row, "td", { class: "plot" }).appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    svg.setAttribute("aria-hidden", "true");
    for (const v of ticks) make(svg, "line", { class: v === 0 ? "tick zero" : "tick", x1: place(v), x2: place(v), y1: 0, y2: "100%" });
    const certain = d && d.half > 0 && Math.abs(d.mean) > d.half;
    const cell = make(row, "td", { class: `number${certain ? " certain" : ""}` });
    let text = { say: "no common seed" };
    if (d) {
      const [x1, x2] = [d.mean - d.half, d.mean + d.half].map(place);
      if (d.half !== null) make(svg, "line", { class: "interval", x1, x2, y1: "50%", y2: "50%" });
      make(svg, "circle", { cx: place(d.mean), cy: "50%", r: 4, ...(holds(d.mean) ? {} : { class: "beyond" }) });
      const values = { d: sign(d.mean, digits), h: (d.half ?? 0).toFixed(digits) };
      text = { say: d.half === null ? "{d}, one common seed: no interval" : "{d} ± {h}", values };
    }
    tell(cell, text);
    make(row, "td", { class: "number" }).textContent = d?.seeds ?? 0;
    return row;
  }

  // show fills the page for the result that ranks: its tables, and the settings to compare with.
  function show() {
    const index = chosen("ranked"), result = results[index];
    for (const part of all(".result")) {
      part.hidden = Number(part.dataset.result) !== index;
      part.querySelector("h3").hidden = results.length > 1; // the control says it
    }
    get("reference").replaceChildren();
    result.settings.slice(0, result.references).forEach((name, i) => {
      make(get("reference"), "option", { value: i }).textContent = name;
    });
    remember("ranked", String(index), "0");
    pair();
  }

  function pair() {
    compare(chosen("ranked"), chosen("reference"));
    draw();
  }

  const fits = factors.findIndex((f) => f.levels.length > 1 && f.levels.length < 8), usual = { colours: String(fits) };
  const choose = (id, value) => {
    if ([...get(id).options].some((o) => o.value === value)) get(id).value = value;
  };
  choose("ranked", at.get("ranked") ?? "0");
  choose("colours", at.get("colours") ?? usual.colours);
  choose("groups", at.get("groups") ?? "-1");
  get("controls").hidden = factors.length === 0 && results.length < 2;
  get("pairing").hidden = results[0].settings.length < 3;
  get("ranked").addEventListener("change", show);
  get("colours").addEventListener("change", draw);
  get("groups").addEventListener("change", () => {
    for (const { pages } of lists.values()) pages.first();
    draw();
  });
  get("reference").addEventListener("change", pair);
  addEventListener("language", () => shown().forEach(fill));
  show();
});
