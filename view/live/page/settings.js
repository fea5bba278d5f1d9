// The settings of a run: the main ones in one line, all of config.json below it.

import { say } from "./language.js";
import { count, list } from "./numbers.js";

const get = (id) => document.getElementById(id);

// brief returns the settings that people ask for first.
function brief(of) {
  const texts = [of("model"), of("solver"), say(`per.${of("interval") || "epoch"}`, { schedule: of("schedule") }),
    say("batch", { n: of("batch") }), say("seed", { n: of("seed") })];
  texts.push(of("train: name") || of("notes: data"));
  const parts = ["train", "validation", "test"].filter((part) => of(`${part}: samples`));
  texts.push(list(parts.map((part) => say(`samples.${part}`, { n: count(Number(of(`${part}: samples`))) }))));
  return texts.filter(Boolean);
}

// fillSettings shows the settings. A run without a folder has none to show but those of its schedule.
export function fillSettings(run) {
  const all = run.settings ?? [], values = new Map(all);
  get("settings").hidden = all.length === 0;
  get("all").replaceChildren();
  if (all.length === 0) return;
  get("brief").replaceChildren();
  for (const text of brief((key) => values.get(key) ?? "")) charts.make(get("brief"), "span", { textContent: text });
  for (const [key, value] of all) {
    const row = charts.make(get("all"), "div", {});
    charts.make(row, "dt", { textContent: key.replaceAll("_", " "), lang: "en" });
    charts.make(row, "dd", { textContent: value });
  }
}
