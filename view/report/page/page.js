// The page's charts, its tables that sort, and the buttons that copy a command.
"use strict";

(() => {
  const get = (id) => document.getElementById(id);
  charts.later(function* () {
    const groups = yield unpacked("data");
    yield;
    for (const [g, group] of groups.entries()) {
      const board = new charts.Board({ legend: get(`legend-${g}`), address: `c${g}`, say: speak.text });
      group.clocks?.forEach((clock) => board.setClock(clock));
      for (const [i, chart] of group.charts.entries()) {
        board.add(get(`chart-${g}-${i}`), chart);
        yield;
      }
    }
  });

  // The button has the name of the other language.
  const other = get("language");
  const say = () => {
    other.textContent = language.other();
    other.lang = language.code() === "en" ? "zh-CN" : "en";
    speak.all(document.querySelector("main"));
  };
  other.hidden = false;
  other.addEventListener("click", () => {
    language.swap();
    const url = new URL(location.href);
    url.searchParams.set("lang", language.code());
    try {
      history.replaceState(null, "", url);
    } catch {} // a page that has no address of its own
    setTimeout(() => { // else the browser would lay the page out in the same task
      dispatchEvent(new Event("language"));
      say();
    });
  });
  say();

  // A click on a column's head sorts by it: numbers from the largest, texts from A, cells without either last. Another click
  // reverses the order.
  const { compare: inOrder } = new Intl.Collator(undefined, { numeric: true });
  const isNumber = (text) => text !== "" && !isNaN(Number(text));
  const compare = (a, b) => {
    if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -Infinity : Infinity;
    return isNumber(a) ? Number(a) - Number(b) : inOrder(a, b);
  };
  // paged shows rows of a body in pages, whose controls stand after an element. It returns what begins with the first again.
  function paged(after, body, rows) {
    const pages = new paging.Pages(after, () => fill());
    const fill = () => {
      body.replaceChildren(...pages.part(rows).map((row) => row.element ??= row.make()));
      speak.now(body);
    };
    fill();
    return () => {
      pages.first();
      fill();
    };
  }
  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0], all = rowsOf(table);
    const again = paged(table.closest(".wide"), body, all);
    heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
      const key = (row) => row.keys[column], numbers = head.classList.contains("number");
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : numbers;
      for (const h of heads) h.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      all.sort((a, b) => {
        const order = compare(key(a), key(b));
        return down && isFinite(order) ? -order : order;
      });
      again();
    }));
  }
  charts.later(function* () {
    for (const table of document.querySelectorAll("table.sortable")) {
      sortable(table);
      yield;
    }
  });

  // furnish gives the commands below an element a button that copies them.
  function furnish(root) {
    if (!navigator.clipboard) return;
    for (const pre of root.querySelectorAll("pre.command")) {
      const button = charts.make(pre, "button", { type: "button", textContent: speak.text("copy") });
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(pre.querySelector("code").textContent);
        button.textContent = speak.text("copied");
        setTimeout(() => { button.textContent = speak.text("copy"); }, 1500);
      });
    }
  }
  furnish(document);

  // What is folded becomes part of the page when it is unfolded, since there may be much of it. Printed pages show all.
  charts.later(function* () {
    const texts = yield unpacked("folded");
    if (!texts) return;
    const each = get("details"), all = [...each.children].map((element, i) => ({ element, text: texts[i] }));
    const unfold = (run) => {
      if (!run.text) return;
      run.element.insertAdjacentHTML("beforeend", run.text);
      run.text = "";
      furnish(run.element);
      speak.now(run.element);
    };
    for (const run of all) {
      run.element.addEventListener("toggle", () => unfold(run));
      if (run.element.open) unfold(run);
    }
    addEventListener("beforeprint", () => {
      for (const run of all) {
        unfold(run);
        run.was = run.element.open;
        run.element.open = true;
      }
    });
    addEventListener("afterprint", () => all.forEach((run) => { run.element.open = run.was; }));
    paged(each, each, all);
  });
})();
