// What the page shows, and its form in the address: #data=xor&a.norm=none&b.norm=batch. Keys of both sides have no
// prefix. What has its default is left out.

export const both = ["data", "noise", "seed", "epochs"];
export const own = [
  "norm", "activation", "solver", "rate", "batch", "depth", "width", "init", "l1", "l2", "schedule",
];
// What these change is another network or another set: the sides begin again.
export const structural = ["data", "noise", "seed", "norm", "depth", "width", "init"];

const standard = {
  data: "spirals", noise: 0.02, seed: 1, epochs: 200, norm: "batch", activation: "relu", solver: "momentum", rate: 0.1,
  batch: 64, depth: 3, width: 32, init: "default", l1: 0, l2: 0, schedule: "none",
};

// settingsOf returns the settings of both sides: the standard ones, with those that are given.
export function settingsOf({ both: shared = {}, a = {}, b = {} }) {
  return { a: { ...standard, ...shared, ...a }, b: { ...standard, ...shared, ...b } };
}

// read returns { sides, lesson, lang, speed } of an address, and null for sides if it has no settings.
export function read(hash) {
  const parts = { both: {}, a: {}, b: {} }, rest = {};
  let any = false;
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const [, side, name] = key.match(/^(?:([ab])\.)?(\w+)$/) ?? [];
    if (!Object.hasOwn(standard, name)) {
      rest[key] = text;
      continue;
    }
    any = true;
    const value = typeof standard[name] === "number" ? Number(text) : text;
    if (typeof value === "number" && !Number.isFinite(value)) continue;
    parts[both.includes(name) ? "both" : side ?? "both"][name] = value;
  }
  return { sides: any ? settingsOf(parts) : null, lesson: rest.lesson ?? "", lang: rest.lang ?? "", speed: rest.speed ?? "" };
}

// write returns the address of what read returned, with what the address before it has of the curves.
export function write({ sides, lesson, lang, speed }, before = "") {
  const { a, b } = sides, q = new URLSearchParams();
  if (lesson) q.set("lesson", lesson);
  for (const key of [...both, ...own]) {
    if (a[key] === b[key]) {
      if (a[key] !== standard[key]) q.set(key, a[key]);
      continue;
    }
    q.set(`a.${key}`, a[key]);
    q.set(`b.${key}`, b[key]);
  }
  if (speed) q.set("speed", speed);
  if (lang) q.set("lang", lang);
  if ([...q.keys()].every((key) => ["lesson", "lang", "speed"].includes(key))) q.set("data", a.data);
  for (const [key, value] of new URLSearchParams(before.replace(/^#/, ""))) if (key.startsWith("curves.")) q.append(key, value);
  return `#${q}`;
}
