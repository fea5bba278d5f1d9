// What is around a chart: its title, its buttons, a note about its means and bands, and its table.
"use strict";

(() => {
  // frame furnishes the element of a chart, and returns its parts.
  function frame(chart, element) {
    const { options, board } = chart;
    element.classList.add("chart");
    const caption = charts.make(element, "figcaption", {}), heading = charts.make(caption, "h3", {});
    heading.setAttribute("aria-level", level(element));
    const button = (act, className = "") => {
      const b = charts.make(caption, "button", { type: "button", className });
      b.addEventListener("click", act);
      return b;
    };
    const reset = button(() => chart.zoom(null));
    reset.hidden = true;
    const axis = button(() => {
      chart.scale(!chart.log);
      board.changed();
    }, "chart-axis");
    axis.hidden = options.switches === false;
    const menu = dataMenu(chart, caption), plot = charts.make(element, "div", { className: "chart-plot", tabIndex: 0 });
    plot.setAttribute("role", "img");
    const note = charts.make(element, "p", { className: "chart-note" });
    const numbers = charts.make(element, "div", { className: "chart-table", hidden: true, tabIndex: 0 });
    numbers.setAttribute("role", "region");

    // tell says what the chart shows, in the page's language.
    function tell() {
      const title = chart.title(), name = charts.say(`axis.${chart.axisName()}`);
      heading.textContent = title;
      label(reset, charts.say("whole"), charts.say("whole.of", { title }));
      label(axis, name, charts.say("axis", { axis: name, title }));
      menu.write(title);
      plot.setAttribute("aria-label", described(chart));
      note.textContent = noted(chart);
      note.hidden = note.textContent === "";
      numbers.setAttribute("aria-label", charts.say("data.of", { title }));
      fill();
    }

    // fill fills the table if it is open, and at most twice per second.
    let last = 0, waiting = null;
    function fill() {
      if (numbers.hidden || !chart.curves || waiting) return;
      waiting = setTimeout(() => {
        [last, waiting] = [Date.now(), null];
        numbers.replaceChildren(charts.table(chart));
      }, Math.max(0, last + 500 - Date.now()));
    }
    menu.onTable(() => {
      numbers.hidden = !numbers.hidden;
      fill();
      return !numbers.hidden;
    });
    return { heading, reset, plot, note, numbers, tell };
  }

  // label gives a button its text, and a name for screen readers that begins with it.
  function label(b, text, name) {
    b.textContent = text;
    b.setAttribute("aria-label", name);
  }

  // level returns the level of the heading of a chart: below that of the section it is in.
  function level(element) {
    const follows = (h) => h.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
    const before = [...document.querySelectorAll("h1, h2")].filter(follows);
    return before.at(-1)?.tagName === "H2" ? 3 : 2;
  }

  // dataMenu makes the button "data", which shows the buttons that save the chart and open its table.
  function dataMenu(chart, caption) {
    const box = charts.make(caption, "div", { className: "chart-menu" });
    const open = charts.make(box, "button", { type: "button" }), list = charts.make(box, "div", { hidden: true });
    const show = (on) => {
      list.hidden = !on;
      open.setAttribute("aria-expanded", String(on));
    };
    show(false);
    open.addEventListener("click", () => show(list.hidden));
    box.addEventListener("focusout", (e) => box.contains(e.relatedTarget) || show(false));
    box.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || list.hidden) return;
      show(false);
      open.focus();
    });
    const buttons = ["png", "svg", "csv", "table"].map((what) => [what, charts.make(list, "button", { type: "button" })]);
    for (const [what, b] of buttons.slice(0, 3)) {
      b.addEventListener("click", () => {
        if (chart.u) charts.save(chart, what);
        show(false);
      });
    }
    const table = buttons[3][1];
    return {
      write(title) {
        label(open, charts.say("data"), charts.say("data.of", { title }));
        for (const [what, b] of buttons) b.textContent = charts.say(`data.${what}`);
      },
      onTable(act) {
        table.setAttribute("aria-pressed", "false");
        table.addEventListener("click", () => {
          table.setAttribute("aria-pressed", String(act()));
          show(false);
        });
      },
    };
  }

  // described returns the chart in a sentence.
  function described(chart) {
    const curves = chart.curves ?? [];
    let list = charts.list(curves.slice(0, 8).map((c) => `${chart.board.full(c)}: ${chart.text(c.y.findLast((v) => v != null))}`));
    if (curves.length > 8) list = charts.say("by.more", { list });
    return charts.say("by", { title: chart.title(), x: chart.xText(), list });
  }

  // noted returns what the means, the bands and the marks of the shown curves are.
  function noted(chart) {
    const { board, options } = chart, shown = (chart.curves ?? []).filter((c) => board.shows(c)), parts = [];
    const seeds = [...new Set(shown.map((c) => c.seeds))].filter((n) => n > 1), most = Math.max(0, ...seeds);
    const banded = shown.filter((c) => c.low);
    if (options.line) parts.push(charts.say("note.line", { what: board.say(options.line) }));
    if (most) parts.push(charts.say(seeds.length === 1 && shown.every((c) => c.seeds > 1) ? "note.mean" : "note.means", { n: most }));
    const several = banded.some((c) => c.seeds > 1), single = banded.some((c) => c.seeds === 1) && options.band;
    if (several) parts.push(charts.say("note.band", { what: charts.say(`note.${board.band}`) }));
    if (single) parts.push(charts.say(several ? "note.single" : "note.band", { what: board.say(options.band) }));
    const smooth = Math.max(0, ...shown.map((c) => c.smooth ?? 0));
    if (smooth) parts.push(charts.say(shown.length > charts.crowd ? "note.smoothed" : "note.smooth", { n: smooth }));
    if (shown.some((c) => c.lines.some((l) => l.line.diverged))) parts.push(charts.say("note.diverged"));
    return charts.list(parts);
  }

  charts.frame = frame;
})();
