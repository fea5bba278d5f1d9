// What is known about the network: its card.

import { say, tag } from "./language.js";
import words from "./words.js";

const get = (id) => document.getElementById(id);
const count = (n) => new Intl.NumberFormat(tag()).format(n);
const number = (v) => new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: false }).format(v);
const list = (numbers) => numbers.map(number).join(", ");
export const shapeOf = (shape) => shape.join(" × ");

// known returns the text of a key, or what stands in for one that a program has made up.
const known = (key, otherwise) => (key in words ? say(key) : otherwise);

// show fills in the card.
export function show(model) {
  const card = model.card, facts = get("facts");
  facts.replaceChildren();
  for (const [name, text] of factsOf(model, card)) {
    if (!text) continue;
    const term = document.createElement("dt");
    term.textContent = name;
    facts.append(term);
    for (const line of [text].flat()) {
      const fact = document.createElement("dd");
      fact.textContent = line;
      facts.append(fact);
    }
  }
  get("parts").hidden = !card?.layers;
  if (card?.layers) showLayers(card.layers);
}

function factsOf(model, card) {
  const input = say(`input.${model.input}`, { shape: shapeOf(model.x_shape), n: model.columns?.length });
  const normalised = card?.mean && say("normalised", { mean: list(card.mean), std: list(card.std) });
  const classes = model.classes.length > 50 ? [...model.classes.slice(0, 50), "…"] : model.classes;
  return [
    [say("network"), card?.network],
    [say("file"), card?.file],
    [say("parameters"), card && count(card.parameters)],
    [say("input"), [input, normalised].filter(Boolean)],
    [say(model.task === "labels" ? "labels" : "classes"), classes.join(", ")],
    [say("target"), model.target?.name],
    ...trainingOf(card?.training, model),
    ...(card?.results ?? []).map((r) => [known(`on.${r.set}`, r.set), [resultOf(r), ...metricsOf(r)]]),
    [say("licence"), card && (card.licence ?? say("noLicence"))],
    [say("limits"), card?.limits?.map((limit) => known(`limit.${limit.id}`, limit.text))],
  ];
}

function trainingOf(t, model) {
  if (!t) return [[say("data"), model.data]];
  const date = t.date && new Intl.DateTimeFormat(tag(), { dateStyle: "long" }).format(new Date(t.date));
  return [
    [say("data"), t.samples ? say("samples", { data: t.data ?? "", n: count(t.samples) }) : t.data],
    [say("date"), date],
    [say("training"), say("settings", { ...t, interval: known(`interval.${t.interval}`, t.interval) })],
    [say("augment"), t.augment],
  ];
}

function resultOf(r) {
  const values = { n: count(r.samples), loss: number(r.loss), epoch: r.epoch };
  if (r.accuracy == null) return say("loss", values);
  return say("accuracy", { ...values, share: (100 * r.accuracy).toFixed(2) + "%" });
}

const metricsOf = (r) => Object.entries(r.metrics ?? {}).map(([name, value]) => `${name} ${number(value)}`);

function showLayers(layers) {
  const row = (cell, texts) => {
    const tr = document.createElement("tr");
    for (const text of texts) {
      const e = document.createElement(cell);
      e.textContent = text;
      tr.append(e);
    }
    return tr;
  };
  const heads = row("th", ["layer", "kind", "shape", "parameters"].map((key) => say(key)));
  for (const head of heads.children) head.scope = "col";
  const rows = layers.map((l) => row("td", [l.name ?? "", l.kind, shapeOf(l.shape), l.parameters ? count(l.parameters) : ""]));
  get("made").replaceChildren(heads, ...rows);
}
