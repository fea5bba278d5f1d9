// Tables of many rows come as text that only readers without JavaScript see as tables: for the browser to make them all takes
// too long before it shows the page. They become tables here, a part of the rows at a time.
"use strict";

// rowsOf returns the rows of a table.
const rowsOf = (() => {
  const most = 50; // rows that are made at a time
  const apart = new WeakMap(); // the rows of tables that have none of them in the page

  // made returns the table that a text is.
  function made(text) {
    const template = document.createElement("template");
    template.innerHTML = text;
    return template.content.firstElementChild;
  }

  charts.later(function* () {
    for (const folded of document.querySelectorAll("noscript.rows")) {
      const [head, body, end] = folded.textContent.split(/(?<=<tbody>)|(?=<\/tbody>)/);
      const table = made(head + end), texts = body.split(/(?=<tr\b)/), rows = [];
      for (let i = 0; i < texts.length; i += most) {
        rows.push(...made(`<table>${texts.slice(i, i + most).join("")}</table>`).rows);
        yield;
      }
      apart.set(table, rows);
      speak.now(table);
      folded.replaceWith(table);
      yield true;
    }
  });

  return (table) => apart.get(table) ?? [...table.tBodies[0].rows];
})();
