// The language of a page. A dictionary has, for each key, the text in each of the languages, in their order. An element
// whose attribute data-word is a key gets the text. One whose attribute data-label is a key gets the text as its name
// for screen readers, and one with data-hint shows it while it is empty.

export const languages = ["en", "zh-CN"];
const names = ["English", "中文"];
let words = {};
let now = 0;

// begin takes a dictionary, and the language: "en" or "zh" if someone chose one, else the browser's.
export function begin(dictionary, chosen) {
  words = dictionary;
  const wanted = chosen || (navigator.languages ?? [navigator.language])[0] || "";
  now = wanted.toLowerCase().startsWith("zh") ? 1 : 0;
}

// say returns the text of a key, with {name} replaced by values.name. A key may have a text of its own for n = 1, KEY.1.
export function say(key, values = {}) {
  const text = ((values.n === 1 && words[`${key}.1`]) || words[key])?.[now];
  if (text === undefined) throw new Error(`no word ${key}`);
  return fill(text, (name) => values[name]);
}

// fill replaces the names in braces by their values. A space parts Chinese from a value in Latin letters or digits.
export function fill(text, of) {
  return text.replace(/(?<=(\p{Script=Han}?))\{(\w+)\}(?=(\p{Script=Han}?))/gu, (_, before, name, after) => {
    const value = String(of(name));
    const space = (han, latin) => (han && latin ? " " : "");
    return space(before, /^[A-Za-z\d]/.test(value)) + value + space(after, /[A-Za-z\d%)]$/.test(value));
  });
}

export const tag = () => languages[now];
export const code = () => tag().slice(0, 2);
export const other = () => names[1 - now];

export function swap() {
  now = 1 - now;
}

// drawn waits until the page is drawn.
export const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

const together = 200; // elements that get the language at once

// dress gives an element the language, before write: what is in it first, a part at a time. The fonts of all depend on it,
// and to find these at once would take the browser too long.
export async function dress(root) {
  const within = [...parts(root)];
  let elements = 0;
  for (const part of within) {
    part.setAttribute("lang", tag());
    elements += size(part);
    if (elements < together) continue;
    await drawn();
    elements = 0;
  }
  root.lang = tag();
  await drawn();
  for (const part of within) part.removeAttribute("lang");
}

const size = (element) => element.getElementsByTagName("*").length + 1;

// parts returns what an element has that has no language of its own, each part small enough.
function* parts(element) {
  for (const child of element.children) {
    if (child.hasAttribute("lang")) continue;
    if (size(child) > together) yield* parts(child);
    else yield child;
  }
}

// write sets the texts of the page's elements.
export function write() {
  document.documentElement.lang = tag();
  for (const e of document.querySelectorAll("[data-word]")) e.textContent = say(e.dataset.word);
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", say(e.dataset.label));
  for (const e of document.querySelectorAll("[data-hint]")) e.placeholder = say(e.dataset.hint);
}
