// Tables of many rows come as text that only readers without JavaScript see as tables: for the browser to make them all takes
// too long before it shows the page. They become tables here, one after the other.
"use strict";

// rowsOf returns the rows of a table.
const rowsOf = (() => {
  const apart = new WeakMap(); // the rows of tables that have none of them in the page
  charts.later(function* () {
    for (const text of document.querySelectorAll("noscript.rows")) {
      const made = document.createElement("template");
      made.innerHTML = text.textContent;
      const table = made.content.querySelector("table"), body = table.tBodies[0];
      apart.set(table, [...body.rows]);
      body.replaceChildren();
      speak.now(table);
      text.replaceWith(table);
      yield true;
    }
  });
  return (table) => apart.get(table) ?? [...table.tBodies[0].rows];
})();
