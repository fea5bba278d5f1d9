// What the layers compute: feature maps as small pictures, units as bars, and at a normalization the values before and
// after. Canvases are kept and drawn again as long as the layers are the same.

import { say } from "./language.js";
import { shapeOf } from "./card.js";
import { wordsOf } from "./answer.js";
import { bars, density, maps } from "./paint.js";

const get = (id) => document.getElementById(id);
const decimal = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, useGrouping: false });
const number = (v) => (v !== 0 && Math.abs(v) < 1e-3 ? v.toExponential(1) : decimal.format(v));
const percent = (p) => (100 * p).toFixed(0) + "%";

let turn = 0; // counts what is shown
let drawn = ""; // the networks and layers that the elements are of
let last = null; // what is shown
let lastModel = null;

export const wanted = () => get("layers").open;

// show shows the networks of an answer to /activations, or that there is none. It lets the page do other things between
// layers, and stops when something else is to be shown.
export async function show(model, activations) {
  const mine = ++turn;
  [last, lastModel] = [activations, model];
  get("no-layers").textContent = activations ? "" : say("noLayers");
  get("networks").hidden = !activations;
  if (!activations) return;
  const all = activations.networks;
  const key = JSON.stringify(all.map((n) => [n.network, n.left_out, n.layers.map((l) => [l.name, l.kind, l.shape, l.shown])]));
  if (key !== drawn) {
    get("networks").replaceChildren(...all.map(sectionOf));
    drawn = key;
  }
  const normalises = all.some((n) => n.layers.some((l) => l.normalises));
  get("layers").classList.toggle("normalises", normalises);
  get("without").hidden = all.length > 1;
  let began = performance.now();
  for (const [i, network] of all.entries()) {
    const section = get("networks").children[i], list = section.querySelector("ol");
    for (const [j, l] of network.layers.entries()) {
      if (performance.now() - began > 30) {
        await new Promise((done) => setTimeout(done));
        if (mine !== turn) return;
        began = performance.now();
      }
      draw(list.children[j] ?? itemOf(list, l), l, network.layers[l.takes[0]]);
    }
    const [name, sure] = wordsOf(model, network.prediction), answer = [name, sure].filter(Boolean).join(", ");
    section.firstChild.textContent = network.network ? say("verdict", { name: network.network, answer }) : answer;
    section.lastChild.textContent = network.left_out ? say("leftOut", { n: network.left_out }) : "";
  }
}

// again draws what is shown once more, in another language or colours.
export const again = () => lastModel && show(lastModel, last);

function make(parent, tag, name) {
  const e = document.createElement(tag);
  if (name) e.className = name;
  parent.append(e);
  return e;
}

// sectionOf returns the element of a network, without its layers.
function sectionOf() {
  const section = document.createElement("section");
  make(section, "h2");
  make(section, "ol");
  make(section, "p", "left");
  return section;
}

// itemOf adds the element of a layer to a list.
function itemOf(list, l) {
  const item = make(list, "li", l.normalises ? "norm" : "");
  make(item, "h3").textContent = l.name ?? l.kind;
  make(item, "p", "kind").textContent = (l.name ? `${l.kind}, ` : "") + shapeOf(l.shape);
  for (const name of l.normalises ? ["density", "values before", "values after"] : ["values after"]) {
    make(item, "canvas", name).setAttribute("role", "img");
  }
  make(item, "p", "statistics");
  return item;
}

const statistics = (l) => say("statistics", {
  low: number(l.low), high: number(l.high), mean: number(l.mean), std: number(l.std), zeros: percent(l.zeros),
});

// draw draws what a layer computes, and what comes before it.
function draw(item, l, before) {
  const texts = [statistics(l)], [, rows, columns] = l.shown;
  if (l.block > 1) texts.push(say("averaged", { n: l.block }));
  else if (l.shown.reduce((a, b) => a * b) < l.shape.reduce((a, b) => a * b, 1)) {
    texts.push(say("cut", { shape: shapeOf(l.shown.filter((n, i) => n > 1 || i === 2)) }));
  }
  item.querySelector(".statistics").textContent = texts.join("; ");
  picture(item.querySelector(".after"), l, l.name ?? l.kind, rows === 1 && columns > 1 && l.shown[0] === 1);
  if (!l.normalises) return;
  item.querySelector(".density").hidden = item.querySelector(".before").hidden = !before;
  if (!before) return;
  picture(item.querySelector(".before"), before, say("before"), before.shown[0] * before.shown[1] === 1);
  const change = say("change", {
    mean: number(before.mean), std: number(before.std), mean2: number(l.mean), std2: number(l.std),
  });
  item.querySelector(".statistics").textContent = [change, ...texts.slice(1)].join("; ");
  density(item.querySelector(".density"), before, l);
  item.querySelector(".density").setAttribute("aria-label", change);
}

function picture(canvas, l, name, isList) {
  (isList ? bars : maps)(canvas, l);
  canvas.setAttribute("aria-label", say("maps", { name, kind: l.kind, shape: shapeOf(l.shape), statistics: statistics(l) }));
}

get("only").addEventListener("change", () => get("layers").classList.toggle("only", get("only").checked));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
