// The cells of a row. A long list of categories is one to type in, with suggestions.

import { short } from "./answer.js";

const longest = 40;
const get = (id) => document.getElementById(id);

function cellOf(column) {
  const label = document.createElement("label"), name = document.createElement("span");
  name.textContent = column.name;
  label.append(name);
  let cell;
  if (column.categories && column.categories.length <= longest) {
    cell = document.createElement("select");
    cell.append(new Option("", ""), ...column.categories.map((text) => new Option(text, text)));
  } else {
    cell = document.createElement("input");
    cell.inputMode = column.categories ? "text" : "decimal";
    if (!column.categories) cell.placeholder = short(column.mean);
  }
  if (column.categories && column.categories.length > longest) {
    const list = document.createElement("datalist");
    list.id = `of ${column.name}`;
    list.append(...column.categories.map((text) => new Option(text, text)));
    cell.setAttribute("list", list.id);
    label.append(list);
  }
  cell.name = column.name;
  label.append(cell);
  return label;
}

// begin makes a cell for each column.
export function begin(columns) {
  get("row").replaceChildren(...columns.map(cellOf));
}

// cells returns the row.
export const cells = () => Object.fromEntries([...get("row").elements].map((cell) => [cell.name, cell.value]));

// mark marks the cell that an error is about.
export function mark(error) {
  for (const cell of get("row").elements) cell.setAttribute("aria-invalid", Boolean(error?.startsWith(`column ${cell.name}: `)));
}
