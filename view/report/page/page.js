// The page's charts, its tables that sort, and the buttons that copy a command.
"use strict";

(() => {
  const get = (id) => document.getElementById(id);
  JSON.parse(get("data").textContent).forEach((group, g) => {
    const board = new charts.Board({ legend: get(`legend-${g}`), address: `c${g}`, say: speak.text });
    group.clocks?.forEach((clock) => board.setClock(clock));
    group.charts.forEach((chart, i) => board.add(get(`chart-${g}-${i}`), chart));
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
    dispatchEvent(new Event("language"));
    say();
  });
  say();

  // A click on a column's head sorts by it: numbers from the largest, texts from A. Another click reverses the order.
  const compare = (a, b) => {
    const [x, y] = [a, b].map((s) => (s === "NaN" || s === "" ? NaN : Number(s)));
    if (isNaN(x) && isNaN(y)) return a.localeCompare(b, undefined, { numeric: true });
    if (isNaN(x) || isNaN(y)) return null;
    return x - y;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
      const rows = [...body.rows], key = (row) => row.cells[column].dataset.sort;
      const numbers = rows.some((row) => row.cells[column].classList.contains("number"));
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : numbers;
      for (const h of heads) h.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((a, b) => {
        const order = compare(key(a), key(b));
        if (order === null) return isNaN(Number(key(a))) ? 1 : -1; // cells without a number come last
        return down ? -order : order;
      });
      body.append(...rows);
    }));
  }

  for (const pre of document.querySelectorAll("pre.command")) {
    if (!navigator.clipboard) break;
    const button = charts.make(pre, "button", { type: "button", textContent: speak.text("copy") });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.querySelector("code").textContent);
      button.textContent = speak.text("copied");
      setTimeout(() => { button.textContent = speak.text("copy"); }, 1500);
    });
  }

  // Printed pages show everything that is folded.
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.dataset.was = d.open; d.open = true; }));
  addEventListener("afterprint", () => document.querySelectorAll("details").forEach((d) => { d.open = d.dataset.was === "true"; }));
})();
