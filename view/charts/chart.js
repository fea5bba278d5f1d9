// One chart: curves with bands on a pair of axes, and what the cursor points at. See charts.js.
"use strict";

(() => {
  const { font, crowd } = charts;
  const same = (a, b) => a?.min === b?.min && a?.max === b?.max;

  class Chart {
    constructor(board, element, options) {
      Object.assign(this, { board, lines: [], marks: [], byKey: new Map(), height: options.height ?? 280, options, zoomed: board.zoom });
      this.log = board.axis(board.charts.length) ?? Boolean(options.log);
      this.redraws = 0; // of the canvas, for tests
      this.edition = 0; // of what is drawn
      this.sheet = new charts.Sheet(this);
      this.frame = charts.frame(this, element);
      Object.assign(this, this.frame);
      this.plot.addEventListener("keydown", (e) => charts.hands.key(this, e));
      this.plot.addEventListener("blur", () => this.tip && (this.tip.hidden = true));
      charts.hands.touch(this);
      new ResizeObserver(() => this.#once("resizing", () => this.#resize())).observe(this.plot);
    }

    set(lines, marks = []) {
      this.lines = [];
      this.byKey.clear();
      lines.forEach((l) => this.#line(l));
      this.given = marks;
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

    // refresh draws the current lines before the next frames.
    refresh() {
      this.#once("refreshing", () => this.#refreshed());
    }

    *#refreshed() {
      Object.assign(this, yield* this.#gathered());
      this.board.legend?.show();
      if (!this.u || this.stale || !this.#hasNumbers()) return this.build();
      this.edition++;
      this.u.setData(this.#data(), this.zoomed === null);
      if (this.zoomed) this.u.setScale("x", this.zoomed);
      this.frame.tell();
    }

    // once does something before the next frames, once for all who ask for it until then: it is a function, or returns what
    // yields where it can be left.
    #once(what, does) {
      if (this[what]) return;
      this[what] = true;
      const chart = this;
      charts.later(function* () {
        chart[what] = false;
        yield* does() ?? [];
        yield chart.curves?.length > crowd; // the canvas takes time when the frame ends
      });
    }

    toggle() {
      this.#once("toggling", () => {
        this.edition++;
        this.u?.redraw();
        this.frame.tell();
      });
    }

    relight() { this.u?.redraw(false); }

    dress() {
      this.#once("dressing", () => {
        if (!this.u) return;
        this.#resize();
        this.edition++;
        this.u.redraw(false);
      });
    }

    rebuild() {
      this.#once("rebuilding", () => this.curves && this.build());
    }

    // linear and logarithmic axes, of the latter two: logit for shares.
    scale(log) {
      this.log = log;
      this.build();
    }

    axisName() { return this.log ? (this.options.percent ? "logit" : "log") : "linear"; }
    axis() { return charts.axes[this.axisName()]; }
    title() { return this.board.say(this.options.title); }
    xText() { return this.board.xText(this.options.x); }
    text(v) { return v == null ? charts.say("no value") : this.options.percent ? charts.share(v) : charts.number(v, 4); }
    tick(v, scale) { return scale === "y" && this.options.percent ? charts.percent(v) : charts.number(v); }
    number(curve) { return this.board.entry(curve.name).number; }
    shownMarks() { return this.marks.filter((m) => m.name === undefined || this.board.entry(m.name).on); }
    used() { return this.touched || this.plot.matches(":hover, :focus-visible"); }

    // gathered returns what is drawn: x, curves and marks, and whether all x are whole numbers.
    *#gathered() {
      const { board, options } = this, at = (l) => board.place(l, options.x);
      const smooth = { smooth: options.smooth, all: options.steps ? 0 : board.smooth };
      const { x, curves } = yield* charts.gather(this.lines, { band: board.band, at, ...smooth });
      return { x, curves, marks: (this.given ?? []).map((m) => ({ ...m, x: at(m)?.(m.x) ?? m.x })), entire: x.every(Number.isInteger) };
    }

    #hasNumbers() { return Boolean(this.curves?.some((c) => c.y.some((v) => v != null))); }

    // data returns what uPlot has of the curves: their x. It has the axes and the cursor; the sheet draws the curves, of which
    // there may be hundreds.
    #data() { return [this.x, this.x.map(() => null)]; }

    build() {
      this.stale = this.behind = false;
      this.edition++;
      this.u?.destroy();
      this.u = this.tip = null;
      this.dots = [];
      this.plot.replaceChildren();
      this.frame.tell();
      if (!this.#hasNumbers()) {
        charts.make(this.plot, "p", { className: "chart-empty", textContent: charts.say("no numbers") }).style.height = `${this.height}px`;
        return;
      }
      this.starting = this.zoomed; // what uPlot shows first
      this.u = new uPlot(this.#settings(), this.#data(), this.plot);
      this.tip = charts.make(this.plot, "div", { className: "chart-tip", hidden: true });
    }

    #settings() {
      const { options } = this, axis = this.axis(), theme = charts.theme;
      const all = (_, splits) => splits;
      const one = (scale) => ({
        scale, stroke: () => theme().soft, grid: { stroke: () => theme().grid, width: 1, filter: all }, filter: all,
        ticks: { show: false }, font, gap: 4,
        labelFont: font, labelSize: 18, labelGap: 0,
        splits: (u) => this.ticks(scale, u), values: (_, splits) => splits.map((v) => this.tick(v, scale)),
      });
      const wide = (_, values) => Math.max(58, 14 + Math.max(0, ...(values ?? []).map((text) => charts.textWidth(text))));
      return {
        width: this.#width(), height: this.height, padding: [14, 14, 0, 0], legend: { show: false },
        cursor: {
          y: false,
          move: (u, left, top) => [this.used() ? charts.cursor.snap(this, u, left, top) : left, top], // else it follows another
          sync: {
            key: `charts ${this.xText()}`, scales: ["x", null], setSeries: false,
            filters: { pub: (type) => type === "mousemove" || type === "mouseleave" }, // boards hand on what is zoomed into
          },
          points: { show: false },
        },
        scales: {
          x: { time: false, range: (u, low, high) => this.#xRange(low, high) },
          y: { ...axis.scale, range: (u) => this.#range(u, axis) },
        },
        axes: [
          { ...one("x"), size: 30, label: this.xText() },
          { ...one("y"), size: wide, label: this.board.say(options.y ?? "") }, // "" takes its room too
        ],
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          drawAxes: [(u) => {
            this.redraws++;
            this.sheet.begin(u);
          }],
          draw: [(u) => {
            this.sheet.draw(u);
            queueMicrotask(() => u === this.u && charts.cursor.mark(this, u)); // when uPlot has moved the cursor
          }],
          setCursor: [(u) => charts.cursor.point(this, u)],
          setScale: [(u, key) => key === "x" && this.#moved(u)],
        },
      };
    }

    // ticks returns the values with ticks.
    ticks(scale, u = this.u) {
      const { min, max } = u.scales[scale], pixels = scale === "x" ? this.#width() - 90 : this.height - 62;
      if (!(max > min)) return [];
      const key = [scale, min, max, pixels, this.log].join();
      if (this.kept?.[scale]?.key !== key) {
        const size = scale === "x" ? (v) => charts.textWidth(this.tick(v, scale)) + 16 : () => 27;
        const options = { pixels, size, whole: scale === "x" && this.entire };
        const list = charts.ticks(scale === "x" ? "linear" : this.axisName(), min, max, options);
        this.kept = { ...this.kept, [scale]: { key, list } };
      }
      return this.kept[scale].list;
    }

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
        low = Math.min(low, axis.place(v));
        high = Math.max(high, axis.place(v));
      });
      for (const c of shown) {
        [c.y, c.low, c.high].forEach(take);
        if (c.seeds > 1 || c.smooth) c.lines.forEach((l) => take(c.seeds === 1 ? l.raw : l.y));
      }
      return low > high ? axis.range(0.1, 0.9) : axis.range(low, high);
    }

    // whole returns the range of x that has all points, or that which the board reaches over.
    whole() {
      const { reaches } = this.board;
      if (reaches) return reaches.map(this.board.place(this.lines[0] ?? {}, this.options.x) ?? ((x) => x));
      return charts.whole(this.x[0], this.x.at(-1));
    }

    // xRange returns what is shown when uPlot asks for a range: the whole if it is that of all values. Of a single one uPlot
    // makes a range itself.
    #xRange(low, high) {
      if (this.starting) return [this.starting.min, this.starting.max];
      const first = this.x[0], last = this.x.at(-1);
      const all = this.x.length === 1 ? uPlot.rangeNum(first, first, 0.1, true) : [first, last];
      return low === all[0] && high === all[1] ? this.whole() : [low, high];
    }

    // zoom shows a part of x, or all of it for null, in all charts of the board.
    zoom(range) {
      if (this.stale) { // and is built soon
        this.zoomed = range;
        return this.board.zoomed(range, this);
      }
      this.behind = false;
      const [min, max] = this.whole();
      this.u?.setScale("x", range ?? { min, max });
    }

    // follow shows the part that another chart shows, before the next frames.
    follow(range) {
      if (same(this.zoomed, range)) return;
      this.zoomed = range;
      if (!this.u || this.stale) return; // it shows that once it is built
      this.behind = true;
      this.#once("following", () => {
        if (this.behind) this.zoom(this.zoomed);
      });
    }

    #moved(u) {
      this.starting = null;
      const { min, max } = u.scales.x, [low, high] = this.whole(), was = this.zoomed;
      if (!this.behind) this.zoomed = min === low && max === high ? null : { min, max };
      this.reset.hidden = this.zoomed === null;
      if (!same(was, this.zoomed)) this.board.zoomed(this.zoomed, this);
    }
  }

  charts.Chart = Chart;
})();
