// One chart: curves with bands on a pair of axes, and what the cursor points at. See charts.js.
"use strict";

(() => {
  const { font, crowd: most } = charts; // most is the number of curves that the cursor describes
  const near = 14; // pixels from a curve within which the cursor points at it

  class Chart {
    constructor(board, element, options) {
      Object.assign(this, { board, lines: [], marks: [], byKey: new Map(), height: options.height ?? 280, options, zoomed: null });
      this.log = Boolean(options.log);
      this.redraws = 0; // of the canvas, for tests
      element.classList.add("chart");
      const caption = charts.make(element, "figcaption", {});
      charts.make(caption, "h3", { textContent: options.title });
      this.reset = charts.make(caption, "button", { type: "button", textContent: "whole range", hidden: true });
      this.reset.addEventListener("click", () => this.#zoom(null));
      this.logButton = charts.make(caption, "button", { type: "button", textContent: "log", hidden: options.switches === false });
      this.logButton.setAttribute("aria-label", `logarithmic axis: ${options.title}`);
      this.logButton.addEventListener("click", () => {
        this.log = !this.log;
        this.#build();
      });
      this.plot = charts.make(element, "div", { className: "chart-plot", tabIndex: 0 });
      this.plot.setAttribute("role", "img");
      this.plot.addEventListener("keydown", (e) => this.#key(e));
      this.plot.addEventListener("blur", () => this.tip && (this.tip.hidden = true));
      new ResizeObserver(() => this.#resize()).observe(this.plot);
    }

    set(lines, marks = []) {
      this.lines = [];
      this.byKey.clear();
      lines.forEach((l) => this.#line(l));
      this.marks = marks.map((m) => ({ ...m }));
      this.refresh();
    }

    append(line, x, y) {
      const l = this.#line(line);
      l.x.push(...[x].flat());
      l.y.push(...[y].flat());
      this.refresh();
    }

    #line({ name, kind = "test", seed = 0, x = [], y = [], ...rest }) {
      const key = JSON.stringify([name, kind, seed]);
      let l = this.byKey.get(key);
      if (!l) {
        l = { name, kind, seed, x: [...x], y: [...y], ...rest };
        this.byKey.set(key, l);
        this.lines.push(l);
        this.board.seed(name, seed);
        this.board.kind(kind);
      }
      return l;
    }

    // refresh draws the current lines in the next frame.
    refresh() {
      if (this.waiting) return;
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        const before = this.curves?.map((c) => c.key).join();
        this.#gather();
        if (!this.u || before !== this.curves.map((c) => c.key).join()) return this.#build();
        this.u.setData(this.#data(), this.zoomed === null);
        if (this.zoomed) this.u.setScale("x", this.zoomed);
      });
    }

    toggle() {
      this.u?.batch(() => this.curves.forEach((c, i) => {
        const show = this.board.shows(c);
        if (this.u.series[i + 1].show !== show) this.u.setSeries(i + 1, { show });
      }));
    }

    relight() {
      if (!this.u) return;
      this.curves.forEach((c, i) => { this.u.series[i + 1].alpha = this.alpha(c); });
      this.u.redraw(false);
    }

    dress() {
      if (!this.u) return;
      this.#resize();
      this.u.redraw(false);
    }

    alpha(c) {
      const lit = this.board.lit;
      return charts.stroke(0, c.kind).alpha * (lit === null || lit === c.name ? 1 : 0.15);
    }

    axis() { return charts.axes[this.log ? (this.options.percent ? "error" : "log") : "linear"]; }

    #gather() {
      Object.assign(this, charts.gather(this.lines, { band: this.board.band, smooth: this.options.smooth }));
      for (const c of this.curves) c.alone = charts.alone(c.y);
      const said = this.curves.slice(0, 8).map((c) => `${c.name}, ${this.board.texts[c.kind] ?? c.kind}: ${this.#text(c.y.findLast((v) => v != null))}`);
      this.plot.setAttribute("aria-label", `${this.options.title} by ${this.options.x}. At the end: ${said.join("; ")}${this.curves.length > 8 ? "; and more" : ""}`);
    }

    // data returns what uPlot draws. A logarithmic axis cannot show some values.
    #data() {
      const { shows } = this.axis();
      return [this.x, ...this.curves.map((c) => c.y.map((v) => (v == null || shows(v) ? v : null)))];
    }

    #text(v) {
      if (v == null) return "none";
      return this.options.percent ? `${(100 * v).toFixed(2)}%` : charts.number(v, 4);
    }

    #build() {
      this.u?.destroy();
      this.u = this.tip = null;
      this.plot.replaceChildren();
      this.logButton.setAttribute("aria-pressed", String(this.log));
      if (!this.curves?.some((c) => c.y.some((v) => v != null))) {
        charts.make(this.plot, "p", { className: "chart-empty", textContent: "no numbers" }).style.height = `${this.height}px`;
        return;
      }
      this.u = new uPlot(this.#settings(), this.#data(), this.plot);
      this.tip = charts.make(this.plot, "div", { className: "chart-tip", hidden: true });
      if (this.zoomed) this.u.setScale("x", this.zoomed);
    }

    #settings() {
      const { options, x } = this, axis = this.axis(), theme = charts.theme;
      const ink = () => theme().soft, grid = { stroke: () => theme().grid, width: 1 };
      const y = { scale: "y", stroke: ink, grid, font, size: 58, gap: 4, space: 34, ticks: { show: false }, label: options.y, labelFont: font, labelSize: 18, labelGap: 0 };
      if (axis.ticks) {
        const at = (u) => axis.ticks(u.scales.y.min, u.scales.y.max);
        y.splits = (u) => at(u).map((t) => t.v);
        y.values = (u) => at(u).map((t) => (t.text ? this.#tick(t.v) : null));
        y.grid = { ...grid, filter: (u) => at(u).map((t) => (t.text ? t.v : null)) };
      } else {
        y.values = (u, splits) => splits.map((v) => this.#tick(v));
      }
      return {
        width: this.#width(), height: this.height, padding: [14, 14, 0, 0], legend: { show: false },
        cursor: {
          y: false,
          sync: { key: `charts ${options.x}`, scales: ["x", null], setSeries: false },
          points: { size: 7, fill: (u, i) => charts.colour(this.number(i)), one: this.curves.length > most },
          focus: { prox: this.curves.length > most ? 1e4 : -1 },
        },
        focus: { alpha: 1 },
        scales: {
          x: { time: false, range: (u, low, high) => (covers(u, low, high) ? whole(x0(u), x1(u)) : [low, high]) },
          y: { ...axis.scale, range: (u) => this.#range(u, axis) },
        },
        axes: [{ stroke: ink, grid, font, size: 30, gap: 4, space: 46, ticks: { show: false }, incrs: counts, label: options.x, labelFont: font, labelSize: 18, labelGap: 0, values: (u, splits) => splits.map((v) => charts.number(v)) }, y],
        series: [{}, ...this.curves.map((c, i) => ({
          show: this.board.shows(c), stroke: () => charts.colour(this.number(i + 1)),
          ...charts.stroke(this.number(i + 1), c.kind), alpha: this.alpha(c),
          paths: options.steps ? uPlot.paths.stepped({ align: -1 }) : uPlot.paths.linear(),
          points: { show: false, filter: () => (this.curves[i].alone.length ? this.curves[i].alone : null), size: 7, fill: () => charts.colour(this.number(i + 1)) },
        }))],
        hooks: {
          drawAxes: [(u) => {
            this.redraws++;
            charts.paint.under(this, u);
          }],
          draw: [(u) => charts.paint.over(this, u)],
          setCursor: [(u) => this.#point(u)],
          setScale: [(u, key) => key === "x" && this.#moved(u)],
        },
      };
    }

    number(i) { return this.board.entry(this.curves[i - 1].name).number; }

    #tick(v) { return this.options.percent ? charts.percent(v) : charts.number(v); }

    #width() { return Math.max(120, Math.floor(this.plot.clientWidth)); }

    #resize() {
      const width = this.#width();
      if (this.u && width !== this.u.width) this.u.setSize({ width, height: this.height });
    }

    // range returns the range of everything in view: curves, bands and the lines they are made of.
    #range(u, axis) {
      const [from, to] = u.series[0].idxs, shown = this.curves.filter((c) => this.board.shows(c));
      let low = Infinity, high = -Infinity;
      const take = (values) => values?.slice(from, to + 1).forEach((v) => {
        if (v == null || !axis.shows(v)) return;
        low = Math.min(low, v);
        high = Math.max(high, v);
      });
      for (const c of shown) {
        [c.y, c.low, c.high].forEach(take);
        if (c.seeds > 1 || this.options.smooth) c.lines.forEach((l) => take(this.options.smooth && c.seeds === 1 ? l.raw : l.y));
      }
      return low > high ? axis.range(0.1, 1) : axis.range(low, high);
    }

    shownMarks() { return this.marks.filter((m) => m.name === undefined || this.board.entry(m.name).on); }

    #zoom(range) {
      this.u?.setScale("x", range ?? { min: x0(this.u), max: x1(this.u) });
    }

    #moved(u) {
      const { min, max } = u.scales.x, [low, high] = whole(x0(u), x1(u));
      this.zoomed = min === low && max === high ? null : { min, max };
      this.reset.hidden = this.zoomed === null || this.options.switches === false;
    }

    // point shows what is under the cursor, in the chart that the reader uses.
    #point(u) {
      const { left, top, idx, idxs } = u.cursor, here = this.plot.matches(":hover, :focus-visible");
      if (!this.tip || !here || left < 0 || idx == null) {
        if (this.tip) this.tip.hidden = true;
        if (this.pointing) this.board.light(null, this);
        this.pointing = false;
        return;
      }
      this.pointing = true;
      const rows = [];
      this.curves.forEach((c, i) => {
        const at = idxs[i + 1], v = at == null ? null : c.y[at];
        if (v != null && this.board.shows(c)) rows.push({ c, at, v, away: Math.abs(u.valToPos(v, "y") - top) });
      });
      rows.sort((a, b) => a.away - b.away);
      const closest = rows[0]?.away < near ? rows[0].c : null;
      this.board.light(this.board.names.size > 1 ? closest?.name ?? null : null, this);
      this.#tell(u, rows.slice(0, most).sort((a, b) => b.v - a.v), rows.length - most, closest);
    }

    #tell(u, rows, more, closest) {
      const { left, top, idx } = u.cursor, { tip, options } = this, x = this.x[idx], mixed = new Set(this.curves.map((c) => c.kind)).size > 1;
      tip.replaceChildren();
      const marks = this.shownMarks().filter((m) => Math.abs(u.valToPos(m.x, "x") - left) < 6).map((m) => m.text);
      charts.make(tip, "header", { textContent: [`${options.x} ${charts.number(x, 6)}`, ...marks].join(" · ") });
      for (const { c, at, v } of rows) {
        const row = charts.make(tip, "div", { className: c === closest ? "near" : "" });
        row.append(charts.swatch(this.board.entry(c.name).number, c.kind));
        charts.make(row, "span", { textContent: mixed ? `${c.name}, ${this.board.texts[c.kind] ?? c.kind}` : c.name });
        charts.make(row, "b", { textContent: this.#text(v) });
        if (c.low?.[at] != null) charts.make(row, "small", { textContent: `${this.#text(c.low[at])} to ${this.#text(c.high[at])}` });
      }
      if (more > 0) charts.make(tip, "header", { textContent: `and ${more} more` });
      tip.hidden = false;
      const [w, h] = [tip.offsetWidth, tip.offsetHeight], x0 = u.over.offsetLeft + left, y0 = u.over.offsetTop + top;
      tip.style.left = `${x0 + 14 + w > this.plot.clientWidth ? Math.max(0, x0 - 14 - w) : x0 + 14}px`;
      tip.style.top = `${Math.max(0, Math.min(y0 - h / 2, this.height - h))}px`;
    }

    // key moves the cursor from point to point.
    #key(e) {
      const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[e.key];
      if (!this.u || by === undefined) return;
      e.preventDefault();
      const idx = Math.max(0, Math.min(this.x.length - 1, (this.u.cursor.idx ?? (by < 0 ? this.x.length : -1)) + by));
      this.u.setCursor({ left: this.u.valToPos(this.x[idx], "x"), top: this.height / 3 });
    }
  }

  const x0 = (u) => u.data[0][0], x1 = (u) => u.data[0].at(-1);

  // covers reports whether a range that uPlot asks for is that of all values. Of a single one it makes a range itself.
  const covers = (u, low, high) => x0(u) === x1(u) || (low === x0(u) && high === x1(u));

  // whole returns the range of an axis of epochs or steps. It begins at 0 if the first value is near 0.
  function whole(low, high) {
    if (low > 0 && low < high / 2) low = 0;
    if (high - low > 1) high = Math.ceil(high);
    return low === high ? [low === 0 || low === 1 ? 0 : low - 1, high + 1] : [low, high];
  }

  // Steps between ticks: whole numbers.
  const counts = Array.from({ length: 27 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));

  charts.Chart = Chart;
})();
