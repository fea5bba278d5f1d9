// The controls of settings, each with its label.

import { say } from "./language.js";
import { number } from "./numbers.js";

const whole = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

// A field is a choice of words, a choice of numbers, or a rate, which a slider sets.
const fields = {
  data: { words: ["spirals", "circles", "moons", "xor", "sine", "digits"] },
  noise: { numbers: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5] },
  seed: { numbers: whole(1, 9) },
  epochs: { numbers: [30, 60, 100, 200, 500, 1000, 2000, 5000] },
  norm: { words: ["none", "batch", "layer", "rms"] },
  activation: { words: ["relu", "leaky-relu", "tanh", "sigmoid", "gelu", "silu"] },
  solver: { words: ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion"] },
  rate: { rate: true },
  batch: { numbers: [1, 2, 4, 8, 16, 32, 64, 128, 250, 500] },
  depth: { numbers: whole(1, 16) },
  width: { numbers: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
  init: { words: ["default", "kaiming", "xavier", "orthogonal", "small", "large"] },
  l1: { numbers: [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.1] },
  l2: { numbers: [0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 0.1] },
};

const slider = { lowest: -5, highest: 2, perDecade: 10 };

function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

// control returns { element, show(value), write() } for a key; change(value) is called when someone sets it.
export function control(key, change) {
  const label = make("span"), field = fields[key];
  const input = field.rate ? rate(change) : choice(key, field, change);
  const element = make("label", { class: `control ${key}` }, label, ...input.elements);
  const write = () => {
    label.textContent = say(`set.${key}`);
    input.write();
  };
  write();
  return { element, show: input.show, write };
}

function choice(key, field, change) {
  const select = make("select", { name: key });
  const text = (v) => (field.words ? say(`${key}.${v}`) : number(v, 6));
  const option = (v) => select.append(new Option(text(v), v));
  (field.words ?? field.numbers).forEach(option);
  select.addEventListener("change", () => change(field.words ? select.value : Number(select.value)));
  const show = (v) => {
    if (![...select.options].some((o) => o.value === String(v))) {
      if (field.words && !field.words.includes(v)) select.append(new Option(v, v));
      else option(v);
    }
    select.value = String(v);
  };
  return {
    elements: [select], show,
    write() {
      if (!field.words) return; // numbers are the same in all languages
      for (const o of select.options) if (field.words.includes(o.value)) o.textContent = text(o.value);
    },
  };
}

function rate(change) {
  const { lowest, highest, perDecade } = slider;
  const range = make("input", {
    type: "range", name: "rate", min: lowest * perDecade, max: highest * perDecade, step: 1,
  });
  const output = make("output");
  const show = (v) => {
    range.value = v > 0 ? Math.round(Math.log10(v) * perDecade) : lowest * perDecade;
    output.textContent = number(v);
    range.setAttribute("aria-valuetext", number(v));
  };
  range.addEventListener("input", () => {
    const v = Number((10 ** (range.value / perDecade)).toPrecision(2));
    show(v);
    change(v);
  });
  return { elements: [range, output], show, write() {} };
}
