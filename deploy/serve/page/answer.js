// What the network says: the class and the probabilities, or numbers, and the pixels that it saw.

import { say } from "./language.js";

const get = (id) => document.getElementById(id);
const bars = get("bars"), seen = get("seen").getContext("2d");

export const percent = (p) => (100 * p).toFixed(1) + "%";
export const short = (value) => new Intl.NumberFormat("en", { maximumSignificantDigits: 6, useGrouping: false }).format(value);

// show shows an answer of the model's network, or that there is none, and returns it in words.
export function show(model, answer) {
  const [name, sure] = model.task === "numbers" ? showValues(model, answer) : showClasses(model, answer);
  get("digit").textContent = name;
  get("sure").textContent = sure;
  showSeen(model, answer?.pixels);
  return [name, sure];
}

// wordsOf returns the classes or labels that the network says in words, and how sure it is of a class.
export function wordsOf(model, answer) {
  if (!answer) return ["–", ""];
  if (answer.values) {
    const several = valuesOf(answer);
    return several.length === 1 ? [several[0][1], several[0][0]] : ["", say("several", { n: several.length })];
  }
  const names = model.classes.filter((_, i) => best(answer, i));
  if (answer.labels) return [names.join(", ") || say("none"), ""];
  return [names[0] ?? "–", percent(answer.probabilities[answer.digit ?? answer.class])];
}

const best = (answer, i) => (answer.labels ? answer.probabilities[i] >= 0.5 : i === (answer.digit ?? answer.class));

// showClasses shows the probability of each class, or of each label.
function showClasses(model, answer) {
  model.classes.forEach((label, i) => {
    const bar = bars.children[i] ?? addBar(label), p = answer ? answer.probabilities[i] : 0;
    bar.classList.toggle("best", Boolean(answer) && best(answer, i));
    bar.querySelector(".fill").style.width = 100 * p + "%";
    bar.querySelector(".share").textContent = percent(p);
  });
  return wordsOf(model, answer);
}

function valuesOf(answer) {
  return Object.entries(answer?.values ?? {}).flatMap(([name, value]) => {
    const flat = [value].flat(Infinity);
    return flat.map((number, i) => [flat.length > 1 ? `${name} ${i}` : name, short(number)]);
  });
}

// showValues shows a number with its name, or the first hundred of several.
function showValues(model, answer) {
  bars.replaceChildren();
  const several = valuesOf(answer);
  if (several.length === 1) return wordsOf(model, answer);
  for (const [name, text] of several.slice(0, 100)) addBar(name).querySelector(".share").textContent = text;
  return answer ? wordsOf(model, answer) : ["–", model.target?.name ?? ""];
}

// showSeen draws the pixels of a sample, [C, H, W], in grey or, with three channels, in colour.
function showSeen(model, pixels) {
  const [channels, height, width] = model.shape, image = seen.createImageData(width, height), plane = height * width;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels ? pixels[i + (channels === 3 ? c * plane : 0)] : 0;
    image.data[4 * i + 3] = 255;
  }
  seen.putImageData(image, 0, 0);
}

function addBar(label) {
  const bar = document.createElement("li");
  bar.innerHTML = `<span></span><span class="track" aria-hidden="true"><span class="fill"></span></span><span class="share"></span>`;
  bar.firstChild.textContent = label;
  bars.append(bar);
  return bar;
}
