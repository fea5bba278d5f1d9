// Curves of training runs, drawn with uPlot. Plain scripts without a build step, in this order: uPlot, series.js (the
// curves that are drawn for the lines), axes.js (ranges, ticks, texts and strokes), paint.js (bands and marks), chart.js
// (one chart), charts.js (this file: several charts and their legend).
//
//   const board = new charts.Board({ legend: element });   // the legend's buttons switch all charts of the board
//   const loss = board.add(element, {
//     title: "Loss", x: "epoch", y: "loss",
//     log: true,           // begin with a logarithmic axis; a button switches it
//     percent: false,      // y is a share of 1, written in %; its logarithmic axis shows 1 − y
//     steps: false,        // y[i] holds since x[i−1]: a learning rate
//     smooth: 0,           // n > 0: draw the mean over n points around each, and the points themselves pale; a line
//                          // may set its own smooth
//     switches: true,      // the buttons "log" and "whole range"; false leaves them out
//     height: 280,
//     lines: [{ name: "lenet-bn", kind: "test", seed: 1, x: [1, 2], y: [0.06, 0.05], low: […], high: […],
//               diverged: false }],
//     marks: [{ x: 5, text: "lr 0.01", name: "lenet-bn" }],   // vertical lines, shown while their name is; without a
//                                                             // name always
//   });
//   loss.append({ name: "lenet-bn", kind: "test", seed: 1 }, 3, 0.04);   // x and y are numbers, or arrays of one length
//   loss.set(lines, marks);              // replaces all lines and marks
//   board.show("lenet-bn", false);       // does what the legend's buttons do, for a name or a kind
//
// A name has one entry in the legend and one colour in all charts. Lines of one name and kind are seeds of it: they are
// drawn pale, and their mean with a band (the reader picks min to max, ± standard deviation, or none). low and high are
// a band of the line itself, such as percentiles. Each kind has a stroke: test (solid; also without a kind), train
// (dashed), valid (long dashes), ema (dashes and dots), swa (dashes and two dots), ahead (dotted: a forecast). new
// Board({ kinds: { ema: "weights' mean" } }) changes the text of a kind. A y that is not a finite number (null in JSON)
// is a gap. Appending is cheap: a chart is redrawn at most once per frame. Charts with the same x share their cursor.
// Colours follow the reader's colour scheme (charts.css) while the page is open; printed pages are light.
"use strict";

(() => {
  const kinds = { test: "test", train: "training", valid: "validation", ema: "EMA, test", swa: "SWA, test", ahead: "ahead" };
  const bands = { range: "min to max", sd: "± sd", none: "no band" };
  const filterFrom = 13; // the number of names from which a field filters them

  class Board {
    constructor({ legend = null, band = "range", kinds: texts = {} } = {}) {
      Object.assign(this, { legend, band, charts: [], names: new Map(), kinds: new Map(), lit: null });
      this.texts = { ...kinds, ...texts };
      if (legend) this.#furnish();
      charts.whenThemeChanges(() => this.charts.forEach((c) => c.dress()));
    }

    add(element, options) {
      const chart = new charts.Chart(this, element, options);
      this.charts.push(chart);
      chart.set(options.lines ?? [], options.marks ?? []);
      return chart;
    }

    // entry returns the entry of a name, and adds it if there is none. Its number selects the colour.
    entry(name) {
      let e = this.names.get(name);
      if (!e) {
        e = { name, number: this.names.size, on: true, seeds: new Set() };
        this.names.set(name, e);
        this.#button(e, this.list, name);
        if (this.list) this.list.hidden = this.names.size < 2;
      }
      return e;
    }

    kind(kind) {
      let k = this.kinds.get(kind);
      if (!k) {
        k = { kind, on: true };
        this.kinds.set(kind, k);
        this.#button(k, this.kindList, this.texts[kind] ?? kind);
        if (this.kindList) this.kindList.hidden = this.kinds.size < 2;
      }
      return k;
    }

    seed(name, seed) {
      const e = this.entry(name);
      if (e.seeds.has(seed)) return;
      e.seeds.add(seed);
      if (e.seeds.size < 2 || !e.button) return;
      e.button.querySelector("small").textContent = `${e.seeds.size} seeds`;
      this.bandList.hidden = false;
    }

    shows(curve) { return this.names.get(curve.name).on && this.kinds.get(curve.kind).on; }

    show(what, on) { this.#switch([this.names.get(what) ?? this.kinds.get(what)].filter(Boolean), on); }

    // light highlights one name, or none: at once in the chart that asks for it, in the others when the cursor rests.
    light(name, chart = null) {
      if (this.lit === name) return;
      this.lit = name;
      chart?.relight();
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.charts.forEach((c) => c === chart || c.relight()), chart ? 80 : 0);
    }

    #switch(entries, on) {
      for (const e of entries) {
        e.on = on;
        e.button?.setAttribute("aria-pressed", String(on));
      }
      this.charts.forEach((c) => c.toggle());
    }

    #furnish() {
      this.legend.classList.add("charts-legend");
      this.kindList = group(this.legend, "Kinds of curves");
      this.bandList = group(this.legend, "Bands over seeds");
      this.tools = group(this.legend, "All runs");
      this.kindList.hidden = this.bandList.hidden = this.tools.hidden = true;
      this.list = group(this.legend, "Runs");
      this.list.classList.add("charts-names");

      const pick = make(this.bandList, "select", { ariaLabel: "Bands over seeds" });
      for (const [value, text] of Object.entries(bands)) make(pick, "option", { value, textContent: text, selected: value === this.band });
      pick.addEventListener("change", () => {
        this.band = pick.value;
        this.charts.forEach((c) => c.refresh());
      });

      const search = make(this.tools, "input", { type: "search", placeholder: "filter", ariaLabel: "Show the entries that contain", hidden: true });
      const found = () => [...this.names.values()].filter((e) => !e.button.hidden);
      search.addEventListener("input", () => {
        for (const e of this.names.values()) e.button.hidden = !e.name.toLowerCase().includes(search.value.toLowerCase());
      });
      for (const [text, on] of [["all", true], ["none", false]]) {
        make(this.tools, "button", { type: "button", textContent: text }).addEventListener("click", () => this.#switch(found(), on));
      }
      this.search = search;
    }

    // button makes the switch of a name or a kind. A double click switches all others off.
    #button(entry, list, text) {
      if (!list) return;
      const b = entry.button = make(list, "button", { type: "button" });
      b.setAttribute("aria-pressed", "true");
      b.append(charts.swatch(entry.number ?? -1, entry.kind ?? "test"));
      make(b, "span", { textContent: text });
      make(b, "small", {});
      const all = entry.kind ? this.kinds : this.names;
      b.addEventListener("click", () => this.#switch([entry], !entry.on));
      b.addEventListener("dblclick", () => {
        this.#switch([...all.values()], false);
        this.#switch([entry], true);
      });
      if (entry.kind) return;
      for (const [event, name] of [["pointerenter", text], ["pointerleave", null], ["focus", text], ["blur", null]]) b.addEventListener(event, () => this.light(name));
      b.title = "click: on or off, double click: only this one";
      this.tools.hidden = this.names.size < 3;
      this.search.hidden = this.names.size < filterFrom;
    }
  }

  function group(parent, label) {
    const e = make(parent, "div", { ariaLabel: label });
    e.setAttribute("role", "group");
    return e;
  }

  function make(parent, tag, properties) {
    const e = Object.assign(document.createElement(tag), properties);
    parent.append(e);
    return e;
  }

  Object.assign(charts, { Board, make });
})();
