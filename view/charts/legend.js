// The legend of a board: switches of its names and kinds, and how its curves are drawn.
"use strict";

(() => {
  const filterFrom = 13; // the number of names from which a field filters them
  const smoothFrom = 8; // the number of points of a curve from which it can be smoothed
  const smooths = ["own", "0", "5", "11", "21", "51", "101"];

  class Legend {
    constructor(board, element) {
      Object.assign(this, { board, element });
      element.classList.add("charts-legend");
      this.kindList = this.#group("kinds");
      this.views = this.#group("views");
      this.tools = this.#group("tools");
      this.list = this.#group("runs");
      this.list.classList.add("charts-names");
      this.pages = new paging.Pages(this.list, () => this.#turned());
      this.entries = new WeakMap(); // by their switches
      for (const list of [this.kindList, this.list]) this.#listen(list);
      this.x = this.#select("x", ["epoch", "step", "time"], (value) => board.setX(value));
      this.band = this.#select("band", ["range", "sd", "none"], (value) => board.setBand(value));
      this.smooth = this.#select("smooth", smooths, (value) => board.setSmooth(value));
      this.search = make(this.tools, "input", { type: "search", hidden: true });
      this.search.addEventListener("input", () => this.#filter());
      this.both = ["all", "none"].map((key) => {
        const b = make(this.tools, "button", { type: "button" });
        b.addEventListener("click", () => board.turn(this.#found(), key === "all"));
        return [key, b];
      });
      this.write();
    }

    #group(key) {
      const e = make(this.element, "div", { hidden: true });
      e.setAttribute("role", "group");
      return Object.assign(e, { key });
    }

    #select(key, values, act) {
      const label = make(this.views, "label", { hidden: true }), text = make(label, "span", {}), select = make(label, "select", {});
      for (const value of values) make(select, "option", { value });
      select.addEventListener("change", () => act(select.value));
      return { key, label, text, select };
    }

    // found returns the entries of the names that the reader looks for.
    #found() {
      const text = this.search.value.toLowerCase();
      return [...this.board.names.values()].filter(({ name }) => this.board.say(name).toLowerCase().includes(text));
    }

    // filter begins with the first of the names that the reader looks for.
    #filter() {
      this.pages.first();
      this.#turned();
    }

    // turned shows the switches of a page of the names. Those that stay are not moved: one may have the focus.
    #turned() {
      const { list } = this, shown = this.pages.part(this.#found()).map((e) => e.button ?? this.#make(e));
      for (const [i, button] of shown.entries()) {
        if (list.children[i] !== button) list.insertBefore(button, list.children[i] ?? null);
      }
      while (list.children.length > shown.length) list.lastElementChild.remove();
    }

    // listen makes the switches of a list work. A double click switches all others off.
    #listen(list) {
      const { board } = this;
      const on = (event, act) => list.addEventListener(event, (e) => {
        const button = e.target.closest("button"), entry = this.entries.get(button);
        if (entry && !button.contains(e.relatedTarget)) act(entry);
      });
      on("click", (entry) => board.turn([entry], !entry.on));
      on("dblclick", (entry) => board.turn([...(entry.kind ? board.kinds : board.names).values()], false, entry));
      if (list === this.kindList) return;
      for (const event of ["pointerover", "focusin"]) on(event, ({ name }) => board.light(name));
      for (const event of ["pointerout", "focusout"]) on(event, () => board.light(null));
    }

    // write writes all texts.
    write() {
      const { board } = this;
      for (const g of [this.kindList, this.views, this.tools, this.list]) g.setAttribute("aria-label", charts.say(g.key));
      for (const { key, text, select } of [this.x, this.band, this.smooth]) {
        text.textContent = charts.say(key);
        for (const o of select.options) o.textContent = charts.say(`${key}.${o.value > 0 ? "n" : o.value}`, { n: o.value });
      }
      Object.assign(this.search, { placeholder: charts.say("filter"), ariaLabel: charts.say("filter.name") });
      for (const [key, b] of this.both) b.textContent = charts.say(key);
      for (const k of board.kinds.values()) k.button.children[1].textContent = board.kindText(k.kind);
      for (const e of board.names.values()) this.#write(e);
      this.#turned(); // which names the reader looks for depends on the language
    }

    #write({ name, seeds, button }) {
      if (!button) return;
      button.children[1].textContent = this.board.say(name);
      button.children[2].textContent = seeds.size > 1 ? charts.say("seeds", { n: seeds.size }) : "";
      button.title = charts.say("switch");
    }

    // show shows what the board has, and what is chosen: once for all changes of a task.
    show() {
      if (this.waiting) return;
      this.waiting = true;
      queueMicrotask(() => {
        this.waiting = false;
        this.#show();
      });
    }

    #show() {
      if (this.more) this.#turned();
      this.more = false;
      const { board } = this, seeds = [...board.names.values()].some((e) => e.seeds.size > 1);
      const long = (c) => !c.options.steps && c.curves?.some((curve) => curve.lines[0].line.x.length >= smoothFrom);
      for (const [{ label, select }, shown, value] of [
        [this.x, board.clocks.size > 0, board.shownX], [this.band, seeds, board.band],
        [this.smooth, board.smoothing && board.charts.some(long), String(board.smooth ?? "own")],
      ]) {
        label.hidden = !shown;
        if (select === this.x.select) for (const o of select.options) o.disabled = !board.has(o.value);
        select.value = value;
      }
      this.views.hidden = [this.x, this.band, this.smooth].every((s) => s.label.hidden);
      this.kindList.hidden = board.kinds.size < 2;
      this.list.hidden = board.names.size < 2;
      this.tools.hidden = board.names.size < 3;
      this.search.hidden = board.names.size < filterFrom;
    }

    // add shows the switch of a kind, or that of a name if its page is shown.
    add(entry) {
      if (entry.kind) this.kindList.append(this.#make(entry));
      else this.more = true;
      this.show();
    }

    #make(entry) {
      const b = entry.button = Object.assign(document.createElement("button"), { type: "button" });
      this.entries.set(b, entry);
      b.setAttribute("aria-pressed", String(entry.on));
      b.append(charts.swatch(entry.number ?? -1, entry.kind ?? "test"));
      make(b, "span", { textContent: entry.kind ? this.board.kindText(entry.kind) : "" });
      make(b, "small", {});
      if (!entry.kind) this.#write(entry);
      return b;
    }

    seeds(entry) { this.#write(entry); }
  }

  function make(parent, tag, properties) {
    const e = Object.assign(document.createElement(tag), properties);
    parent.append(e);
    return e;
  }

  Object.assign(charts, { Legend, make });
})();
