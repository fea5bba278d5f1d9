// The table of a network's layers: histograms of pre-activations and gradients, and dead units.

import { say } from "./language.js";
import { number } from "./numbers.js";

const width = 100, height = 26;

function histogram() {
  const e = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  e.setAttribute("viewBox", `0 0 ${width} ${height}`);
  e.setAttribute("preserveAspectRatio", "none");
  e.setAttribute("role", "img");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  e.append(path);
  return e;
}

// bars returns the path of a histogram. The highest bar has the whole height.
function bars(counts) {
  const most = Math.max(...counts, 1), step = width / counts.length;
  return counts.map((n, i) => (n ? `M${(i * step + 0.4).toFixed(1)} ${height}v${(-height * n / most).toFixed(1)}h${(step - 0.8).toFixed(1)}V${height}z` : "")).join("");
}

// draw draws the layers in the body of a table.
export function draw(body, layers) {
  while (body.rows.length > layers.length) body.deleteRow(-1);
  while (body.rows.length < layers.length) {
    const row = body.insertRow(), name = document.createElement("th");
    name.scope = "row";
    row.append(name);
    for (let i = 0; i < 3; i++) row.insertCell();
    row.cells[1].append(histogram(), document.createElement("small"));
    row.cells[2].append(histogram(), document.createElement("small"));
  }
  layers.forEach((l, i) => {
    const [name, values, gradients, dead] = body.rows[i].cells;
    name.textContent = l.name;
    fill(values, l.values, say("layers.spread", { mean: number(l.mean, 2), std: number(l.std, 2) }));
    fill(gradients, l.gradients, say("layers.size", { size: number(l.gradient, 2) }));
    dead.textContent = l.dead === null ? "" : `${Math.round(100 * l.dead)}\u202f%`;
    dead.className = l.dead >= 0.3 ? "many" : "";
  });
}

function fill(cell, counts, text) {
  const [svg, note] = cell.children;
  svg.firstChild.setAttribute("d", bars(counts));
  svg.setAttribute("aria-label", text);
  note.textContent = text;
}
