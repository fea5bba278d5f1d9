// Numbers and times as texts.

import { say, tag } from "./language.js";

export const count = (n) => n.toLocaleString("en");
export const thousand = (n) => count(Number(n.toPrecision(3)));

export function duration(seconds) {
  const s = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  if (s < 60) return say("seconds", { n: s });
  if (s < 3600) return say("minutes", { m: Math.floor(s / 60), s: two(s % 60) });
  return say("hours", { h: Math.floor(s / 3600), m: two(Math.floor(s / 60) % 60) });
}

// list joins texts as the language does.
export const list = (texts) => texts.join(tag() === "en" ? ", " : "，");

// loss writes a loss with four digits, also a small one.
export const loss = (v) => (v === 0 || Math.abs(v) >= 0.001 ? v.toFixed(4) : charts.number(v, 3));

export const share = (v) => `${(100 * v).toFixed(2)}%`;
