// The language of a page. A dictionary has, for each key, the text in each of the languages, in their order. An element
// whose attribute data-word is a key gets the text. One whose attribute data-label is a key gets the text as its name
// for screen readers.

const languages = ["en", "zh-CN"];
const names = ["English", "中文"];
let words = {};
let now = 0;

// begin takes a dictionary, and the language: "en" or "zh" if someone chose one, else the browser's.
export function begin(dictionary, chosen) {
  words = dictionary;
  const wanted = chosen || (navigator.languages ?? [navigator.language])[0] || "";
  now = wanted.toLowerCase().startsWith("zh") ? 1 : 0;
}

// say returns the text of a key, with {name} replaced by values.name.
export function say(key, values = {}) {
  const text = words[key]?.[now];
  if (text === undefined) throw new Error(`no word ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const code = () => languages[now].slice(0, 2);
export const other = () => names[1 - now];

export function swap() {
  now = 1 - now;
}

// write sets the texts of the elements below root.
export function write(root = document) {
  document.documentElement.lang = languages[now];
  for (const e of root.querySelectorAll("[data-word]")) e.textContent = say(e.dataset.word);
  for (const e of root.querySelectorAll("[data-label]")) e.setAttribute("aria-label", say(e.dataset.label));
}

// number writes a number with so many digits that count.
export function number(v, digits = 3) {
  if (v === null || v === undefined || !Number.isFinite(v)) return "–";
  if (v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5)) return v.toExponential(digits - 1).replace("e+", "e");
  return String(Number(v.toPrecision(digits)));
}

export const percent = (v) => (v === null || v === undefined ? "–" : `${(100 * v).toFixed(1)}\u202f%`);
