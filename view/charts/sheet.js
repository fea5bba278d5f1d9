// The curves on a chart's canvas. Few are drawn at once. Many are drawn in turns on a canvas of their own, which replaces what was
// shown when all are there; while the cursor highlights one, they are pale, and that one is drawn over them.
"use strict";

(() => {
  const many = 8000; // points, some of them for each line

  // put draws layers at once.
  const put = (u, layers) => layers.forEach(([shapes, spill]) => Array.from(charts.paint(u.ctx, u, shapes, spill)));

  class Sheet {
    constructor(chart) {
      Object.assign(this, { chart, canvas: null, shown: null, making: null });
    }

    // begin draws what is behind the grid.
    begin(u) { put(u, charts.behind(this.chart, u)); }

    // draw draws the curves on uPlot's canvas, after the axes.
    draw(u) {
      const { chart } = this, { lit } = chart.board, curves = chart.curves.filter((c) => chart.board.shows(c));
      const lines = curves.reduce((n, c) => n + (c.low ? 2 : 0) + (c.seeds > 1 ? c.lines.length : 0), curves.length);
      if (lines * (20 + chart.x.length) < many) {
        this.canvas = this.shown = this.making = null;
        return put(u, charts.layers(chart, u, curves, lit));
      }
      const state = this.#state(u);
      if (state !== this.shown && state !== this.making) this.#make(u, curves, state);
      if (!this.canvas) return;
      u.ctx.globalAlpha = lit === null ? 1 : 0.15;
      u.ctx.drawImage(this.canvas, 0, 0);
      u.ctx.globalAlpha = 1;
      if (lit !== null) put(u, charts.layers(chart, u, curves.filter((c) => c.name === lit), lit));
    }

    // state returns a text that changes when the curves look different.
    #state({ scales: { x, y }, bbox }) {
      return [this.chart.edition, this.chart.log, x.min, x.max, y.min, y.max, ...Object.values(bbox)].join();
    }

    #make(u, curves, state) {
      const { chart } = this, { width, height } = u.ctx.canvas;
      const canvas = Object.assign(document.createElement("canvas"), { width, height }), ctx = canvas.getContext("2d");
      this.making = state;
      const stays = () => this.making === state && chart.u === u;
      charts.later(function* () {
        for (const [shapes, spill] of charts.layers(chart, u, curves, null)) {
          for (const _ of charts.paint(ctx, u, shapes, spill)) {
            yield true; // the canvas takes time when the frame ends
            if (!stays()) return;
          }
        }
        yield true;
        if (!stays()) return;
        Object.assign(chart.sheet, { canvas, shown: state, making: null });
        u.redraw(false);
      });
    }
  }

  charts.Sheet = Sheet;
})();
