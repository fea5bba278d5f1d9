// Tables of many rows come as text that only readers without JavaScript see as tables: for the browser to make them all takes
// too long before it shows the page. They become tables here, a part of the rows at a time.
"use strict";

// rowsOf returns the rows of a table: what each of their columns sorts by, their levels of factors if they have any, and the
// element or a function that makes it. A browser that holds the elements of all of many rows has pauses to look after them.
const rowsOf = (() => {
  const most = 50; // rows that are made at a time
  const apart = new WeakMap(); // the rows of tables that have none of them in the page

  // made returns the table that a text is.
  function made(text) {
    const template = document.createElement("template");
    template.innerHTML = text;
    return template.content.firstElementChild;
  }

  const rowsIn = (text) => made(`<table>${text}</table>`).rows;
  const read = (element) => ({
    keys: Array.from(element.cells, (cell) => cell.dataset.sort), levels: element.dataset.levels?.split(",").map(Number),
  });

  charts.later(function* () {
    for (const folded of document.querySelectorAll("noscript.rows")) {
      const [head, body, end] = folded.textContent.split(/(?<=<tbody>)|(?=<\/tbody>)/);
      const table = made(head + end), texts = body.trimStart().split(/(?=<tr\b)/), rows = [];
      for (let i = 0; i < texts.length; i += most) {
        const some = texts.slice(i, i + most);
        rows.push(...Array.from(rowsIn(some.join("")), (row, k) => ({ ...read(row), make: () => rowsIn(some[k])[0] })));
        yield;
      }
      apart.set(table, rows);
      speak.now(table);
      folded.replaceWith(table);
      yield true;
    }
  });

  return (table) => apart.get(table) ?? Array.from(table.tBodies[0].rows, (element) => ({ ...read(element), element }));
})();
