// Curves of training runs, drawn with uPlot. Plain scripts without a build step: uPlot, words.js (texts), turns.js (work that is
// done in parts), series.js (the curves that are drawn for the lines), axes.js (ranges and ticks), style.js (colours and
// strokes), shapes.js (curves, bands and marks), sheet.js (the canvas), tip.js (the cursor), hands.js (keys and touch),
// table.js, save.js, address.js, legend.js, frame.js (what is around a chart), chart.js (one chart), charts.js (this file:
// several charts with one legend), and paging.js of package paging (the pages of a long legend).
//
//   const board = new charts.Board({
//     legend: element,        // gets switches for all charts of the board
//     kinds: { ema: "…" },    // texts for kinds of curves, in place of those below
//     say: (text) => …,       // translates the texts that the page gives: titles, labels, names, kinds and marks
//     address: "curves",      // what readers choose is kept in the page's fragment, in keys curves.…; "": it is not
//     smoothing: true,        // offer it, once a curve has 8 points
//   });
//   const loss = board.add(element, {
//     title: "Loss", x: "epoch", y: "loss",
//     log: true,           // begin with a logarithmic axis; a button switches it
//     percent: false,      // y is a share of 1, written in %; its logarithmic axis is logit
//     steps: false,        // y[i] holds since x[i−1]: a learning rate
//     smooth: 0,           // n > 0: draw the mean over n points around each, and the points themselves pale; a line
//                          // may set its own smooth
//     line: "median",      // what the curves are, and what their own bands are; "": nothing is said about it
//     band: "15th to 85th percentile",
//     switches: true,      // a button switches the axis; false leaves it out
//     height: 280,
//     lines: [{ name: "lenet-bn", kind: "test", seed: 1, x: [1, 2], y: [0.06, 0.05], low: […], high: […],
//               diverged: false }],
//     marks: [{ x: 5, text: "lr 0.01", name: "lenet-bn" }],   // vertical lines, shown while their name is; without a
//                                                             // name always
//   });
//   loss.append({ name: "lenet-bn", kind: "test", seed: 1 }, 3, 0.04);   // x and y are numbers, or arrays of one length
//   loss.set(lines, marks);              // replaces all lines and marks
//   board.reach(0, 10);                  // x goes from 0 to 10 in all charts, wherever their points are
//   board.show("lenet-bn", false);       // does what the legend's buttons do, for a name or a kind
//   board.setClock({ name: "lenet-bn", x: [0, 1, 2], step: [0, 938, 1876], seconds: [0, 2.1, 4.3] });
//                                        // offers steps and time as x axes; without a name it is that of all lines
//   board.write();                       // writes all texts again; a change of the page's language does so too
//
// A name has one entry in the legend and one colour in all charts. Lines of one name and kind are seeds of it: they are
// drawn pale, and their mean with a band (the reader picks min to max, ± standard deviation, or none). low and high are
// a band of the line itself, such as percentiles. Each kind has a stroke: test (solid; also without a kind), train
// (dashed, and nothing else is), valid (with circles), ema (with squares), swa (with diamonds), ahead (pale: a forecast).
// A y that is not a finite number (null in JSON) is a gap. Appending is cheap: a chart is redrawn at most once per frame.
// Charts with the same x share their cursor and what they zoom into. Colours follow the reader's colour scheme
// (charts.css) while the page is open; printed pages are light. The texts of charts follow the lang of the page.
"use strict";

(() => {
  const bands = ["range", "sd", "none"], units = [["seconds", 1], ["minutes", 60], ["hours", 3600]];

  class Board {
    constructor({ legend = null, band = "range", kinds: texts = {}, say, address = "", smoothing = true } = {}) {
      Object.assign(this, { charts: [], names: new Map(), kinds: new Map(), clocks: new Map(), lit: null, texts, smoothing });
      this.say = (text) => say?.(text) ?? text;
      this.first = band;
      this.address = new charts.Address(address);
      this.#read();
      this.legend = legend && new charts.Legend(this, legend);
      charts.whenThemeChanges(() => this.charts.forEach((c) => c.dress()));
      new MutationObserver(() => this.write()).observe(document.documentElement, { attributeFilter: ["lang"] });
      if (address) addEventListener("hashchange", () => this.#restore());
    }

    add(element, options) {
      const chart = new charts.Chart(this, element, options);
      this.charts.push(chart);
      chart.tell();
      chart.set(options.lines ?? [], options.marks ?? []);
      return chart;
    }

    // entry returns the entry of a name, and adds it if there is none. Its number selects the colour.
    entry(name) {
      let e = this.names.get(name);
      if (!e) {
        e = { name, number: this.names.size, on: !this.off.has(name), seeds: new Set() };
        this.names.set(name, e);
        this.legend?.add(e);
      }
      return e;
    }

    kind(kind) {
      let k = this.kinds.get(kind);
      if (!k) {
        k = { kind, on: !this.hidden.has(kind) };
        this.kinds.set(kind, k);
        this.legend?.add(k);
      }
      return k;
    }

    seed(name, seed) {
      const e = this.entry(name);
      if (e.seeds.has(seed)) return;
      e.seeds.add(seed);
      if (e.seeds.size < 2 || !this.legend) return;
      this.legend.seeds(e);
      this.legend.show();
    }

    kindText(kind) {
      if (this.texts[kind] !== undefined) return this.say(this.texts[kind]);
      return charts.words[`kind.${kind}`] ? charts.say(`kind.${kind}`) : kind;
    }

    // full returns the name of a curve, with its kind if there are several.
    full({ name, kind }) {
      return this.kinds.size < 2 ? this.say(name) : charts.say("named", { name: this.say(name), kind: this.kindText(kind) });
    }

    shows(curve) { return this.names.get(curve.name).on && this.kinds.get(curve.kind).on; }

    show(what, on) { this.turn([this.names.get(what) ?? this.kinds.get(what)].filter(Boolean), on); }

    // turn switches entries on or off, and one of them on.
    turn(entries, on, but = null) {
      for (const e of entries) {
        e.on = on || e === but;
        const off = e.kind ? this.hidden : this.off, key = e.kind ?? e.name;
        if (e.on) off.delete(key);
        else off.add(key);
        e.button?.setAttribute("aria-pressed", String(e.on));
      }
      this.charts.forEach((c) => c.toggle());
      this.changed();
    }

    // light highlights one name, or none: at once in the chart that asks for it, in the others when the cursor rests.
    light(name, chart = null) {
      if (this.lit === name) return;
      this.lit = name;
      chart?.relight();
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.charts.forEach((c) => c === chart || c.relight()), chart ? 80 : 0);
    }

    // setClock says when the epochs of a name were, or those of all names.
    setClock({ name = null, x, step, seconds }) {
      if (x.length < 2) return;
      const clock = { step: step && charts.through(x, step), seconds: seconds && charts.through(x, seconds), last: seconds?.at(-1) ?? 0 };
      this.clocks.set(name, clock);
      this.legend?.show();
      if (this.x !== "epoch") this.charts.forEach((c) => c.refresh());
    }

    // clock returns the clock of a line or a mark, if there is one.
    clock({ name }) {
      return this.clocks.get(name) ?? this.clocks.get(null) ?? (name === undefined ? [...this.clocks.values()][0] : null);
    }

    // has reports whether some clock has steps or times.
    has(x) {
      const key = { step: "step", time: "seconds" }[x];
      return key === undefined || [...this.clocks.values()].some((c) => c[key]);
    }

    // shownX is what x is: what the reader chose, or the epoch if no clock has that.
    get shownX() { return this.has(this.x) ? this.x : "epoch"; }

    // place returns the function from the x of a line to that of the axis, or null if they are the same.
    place(line, x) {
      if (this.shownX === "epoch" || x !== this.charts[0].options.x) return null;
      const clock = this.clock(line);
      if (this.shownX === "step") return clock?.step ?? (() => NaN);
      const [, length] = this.#unit();
      return clock?.seconds ? (v) => clock.seconds(v) / length : () => NaN;
    }

    #unit() {
      const most = Math.max(...[...this.clocks.values()].map((c) => c.last));
      return units[most < 600 ? 0 : most < 3 * 3600 ? 1 : 2];
    }

    xText(x) {
      if (this.shownX === "epoch" || x !== this.charts[0]?.options.x) return this.say(x);
      return this.shownX === "step" ? charts.say("x.step") : charts.say(`unit.${this.#unit()[0]}`);
    }

    setX(x) {
      this.x = x;
      this.zoom = null;
      this.#again();
    }

    setBand(band) {
      this.band = band;
      this.#again();
    }

    setSmooth(smooth) {
      this.smooth = smooth === "own" ? null : Number(smooth);
      this.#again();
    }

    // reach makes x go from low to high in all charts.
    reach(low, high) {
      if (this.reaches?.[0] === low && this.reaches[1] === high) return;
      this.reaches = [low, high];
      this.charts.forEach((c) => c.refresh());
    }

    // again draws all charts anew.
    #again() {
      for (const c of this.charts) {
        c.zoomed = this.zoom;
        c.stale = true;
        c.refresh();
      }
      this.legend?.show();
      this.changed();
    }

    zoomed(range, chart) {
      this.zoom = range;
      for (const c of this.charts) if (c !== chart && c.options.x === chart.options.x) c.follow(range);
      this.changed();
    }

    // write writes all texts again.
    write() {
      this.legend?.write();
      this.charts.forEach((c) => c.rebuild());
    }

    // axis returns whether a reader chose a logarithmic axis for a chart, by its number.
    axis(i) { return this.axes.get(i); }

    // changed keeps what the reader has chosen.
    changed() {
      this.charts.forEach((c, i) => (c.log === Boolean(c.options.log) ? this.axes.delete(i) : this.axes.set(i, c.log)));
      const one = (value, own) => (value === own ? [] : [value]);
      this.address.write(() => ({
        x: one(this.x, "epoch"), band: one(this.band, this.first), smooth: one(this.smooth, null), off: this.off, hide: this.hidden,
        axis: [...this.axes].map(([i, log]) => `${i}:${log ? "log" : "linear"}`),
        zoom: this.zoom ? [`${this.zoom.min}:${this.zoom.max}`] : [],
      }));
    }

    // read reads what a reader has chosen. What is not understood is left out.
    #read() {
      const chosen = this.address.read(), get = (key) => chosen.get(key)?.[0];
      this.band = bands.includes(get("band")) ? get("band") : this.first;
      this.x = ["step", "time"].includes(get("x")) ? get("x") : "epoch";
      this.smooth = /^\d{1,3}$/.test(get("smooth") ?? "") ? Number(get("smooth")) : null;
      [this.off, this.hidden] = [new Set(chosen.get("off")), new Set(chosen.get("hide"))];
      this.axes = new Map((chosen.get("axis") ?? []).map((text) => text.split(":")).map(([i, axis]) => [Number(i), axis === "log"]));
      const [min, max] = (get("zoom") ?? "").split(":").map(Number);
      this.zoom = min < max && Number.isFinite(max - min) ? { min, max } : null;
    }

    // restore shows what another address says.
    #restore() {
      this.#read();
      for (const e of this.names.values()) e.on = !this.off.has(e.name);
      for (const k of this.kinds.values()) k.on = !this.hidden.has(k.kind);
      for (const e of [...this.names.values(), ...this.kinds.values()]) e.button?.setAttribute("aria-pressed", String(e.on));
      this.charts.forEach((c, i) => { c.log = this.axes.get(i) ?? Boolean(c.options.log); });
      this.#again();
    }
  }

  charts.Board = Board;
})();
