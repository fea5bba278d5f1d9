// The controls of the run: pause, stop, another rate. They need the token.

import { say as word } from "./language.js";
import { ask, hasToken, isConnected, keepToken } from "./program.js";

const get = (id) => document.getElementById(id);
let state = {};
let mine = false; // this page has asked for the pause
let leaving = false;
let changed = () => {};

export function furnish(next) {
  state = next;
  const over = state.state === "over";
  get("key").hidden = hasToken() || over;
  get("controls").hidden = !hasToken() || over;
  get("steer").hidden = over && !get("said").textContent;
  for (const e of get("controls").querySelectorAll("button, input")) e.disabled = !isConnected() || state.state === "stopping";
  get("pause").textContent = word(state.state === "paused" ? "continue" : "pause");
  if (state.lr) get("lr").placeholder = charts.number(state.lr[0], 4);
}

export function say(text, wrong = false) {
  get("said").textContent = text;
  get("said").classList.toggle("wrong", wrong);
  if (text) get("steer").hidden = false;
}

// carriedOut says that the run has done what someone asked.
export function carriedOut(action, text) {
  if (action === "continue") mine = false;
  say(word("did", { what: text[0].toUpperCase() + text.slice(1) }));
}

async function control(command, text) {
  say(text);
  const problem = await ask("control", command);
  if (!problem) return;
  if (command.action === "pause") mine = false;
  say(problem.silent ? word("silent") : word("notDone", { error: problem.error }), true);
  changed();
}

// leave lets the page go without a question.
export function leave() {
  leaving = true;
}

// begin gives the controls their work. show is called when they have changed.
export function begin(show) {
  changed = show;
  get("pause").addEventListener("click", () => {
    mine = state.state !== "paused";
    if (mine) control({ action: "pause" }, word("pausing"));
    else control({ action: "continue" }, word("continuing"));
  });
  get("stop").addEventListener("click", () => get("sure").showModal());
  get("sure").addEventListener("close", () => {
    if (get("sure").returnValue === "yes") control({ action: "stop" }, word("stopping"));
    get("sure").returnValue = "";
  });
  get("set").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = get("lr").value.trim().replace(",", "."), lr = Number(text);
    if (!(text !== "" && lr > 0 && lr < Infinity)) return say(word("noRate", { text: get("lr").value }), true);
    get("lr").value = "";
    control({ action: "rate", lr }, word("setting", { rate: charts.number(lr) }));
  });
  get("key").addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken(get("token").value.trim());
    get("token").value = "";
    say("");
    changed();
  });
  // A run that waits for this page should not be forgotten.
  addEventListener("beforeunload", (event) => {
    if (state.state === "paused" && mine && !leaving) event.preventDefault();
  });
}
