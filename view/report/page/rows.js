// Tables of many rows come as text that only readers without JavaScript see as tables: for the browser to make them all takes
// too long before it shows the page. They become tables here, a part of the rows at a time.
"use strict";

// rowsOf returns the rows of a table: what each of their columns sorts by, their levels of factors if they have any, and their
// elements. Those of many rows are made when they are asked for: a browser that holds them all has pauses to look after them.
const rowsOf = (() => {
  const most = 50; // rows that are made at a time
  const apart = new WeakMap(); // the rows of tables that have none of them in the page

  class Row {
    #text;
    #element;

    constructor(element, text) {
      this.keys = Array.from(element.cells, (cell) => cell.dataset.sort);
      this.levels = element.dataset.levels?.split(",").map(Number);
      this.#text = text;
      this.#element = text ? null : element;
    }

    get element() { return this.#element ??= made(`<table>${this.#text}</table>`).rows[0]; }
  }

  // made returns the table that a text is.
  function made(text) {
    const template = document.createElement("template");
    template.innerHTML = text;
    return template.content.firstElementChild;
  }

  charts.later(function* () {
    for (const folded of document.querySelectorAll("noscript.rows")) {
      const [head, body, end] = folded.textContent.split(/(?<=<tbody>)|(?=<\/tbody>)/);
      const table = made(head + end), texts = body.trimStart().split(/(?=<tr\b)/), rows = [];
      for (let i = 0; i < texts.length; i += most) {
        const some = texts.slice(i, i + most);
        rows.push(...Array.from(made(`<table>${some.join("")}</table>`).rows, (row, k) => new Row(row, some[k])));
        yield;
      }
      apart.set(table, rows);
      speak.now(table);
      folded.replaceWith(table);
      yield true;
    }
  });

  return (table) => apart.get(table) ?? Array.from(table.tBodies[0].rows, (row) => new Row(row));
})();
