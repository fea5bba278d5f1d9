// The page: two sides that train at one pace, the controls of both, lessons, and the address, which has all settings.

import { begin as beginLanguage, code, dress, drawn, other, say, swap, write } from "./language.js";
import dictionary from "./words.js";
import lessons from "./lessons.js";
import { connect } from "./transport.js";
import { control } from "./controls.js";
import { Side, restarts } from "./side.js";
import { Curves } from "./curves.js";
import * as state from "./state.js";

const get = (id) => document.getElementById(id);
const opened = state.read(location.hash);
let chosen = opened.lang; // the language, "" for the browser's
let lesson = opened.lesson, running = false, sides = [], curves, wake = () => {};

beginLanguage(dictionary, chosen);
const shared = new Map(state.both.map((key) => [key, control(key, (v) => change({ a: { [key]: v }, b: { [key]: v } }))]));
get("shared").append(...[...shared.values()].map((c) => c.element));

// Settings.

const settings = () => ({ a: sides[0].settings, b: sides[1].settings });
const lessonOf = (id) => lessons.find((l) => l.id === id);

function show(next) {
  const again = !sides[0].settings || restarts(sides[0].settings, next.a) || restarts(sides[1].settings, next.b);
  sides[0].set(next.a);
  sides[1].set(next.b);
  shared.forEach((c, key) => c.show(next.a[key]));
  if (again) reset();
  wake();
}

// change changes settings of a side, or of both.
function change({ a = {}, b = {} }) {
  const before = settings();
  show({ a: { ...before.a, ...a }, b: { ...before.b, ...b } });
  remember();
}

let remembering = 0;

// remember writes the address, soon: a dragged point changes settings many times a second.
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(remembered, 150);
}

function remembered() {
  const speed = get("speed").value === "25" ? "" : get("speed").value;
  history.replaceState(null, "", state.write({ sides: settings(), lesson, lang: chosen, speed }, location.hash));
}

// Lessons.

function teach(id) {
  const found = lessonOf(id);
  lesson = found ? id : "";
  get("lessons").value = lesson;
  get("told").hidden = !found;
  if (!found) return;
  get("lesson-title").textContent = `${found.section} ${say(`${id}.title`)}`;
  get("lesson-text").textContent = say(`${id}.text`);
  get("lesson-check").textContent = say(`${id}.check`);
}

function open(id) {
  teach(id);
  const found = lessonOf(id);
  if (found) show(state.settingsOf(found));
  reset();
  remember();
}

function turn(by) {
  const at = lessons.findIndex((l) => l.id === lesson), next = at < 0 ? (by > 0 ? 0 : lessons.length - 1) : at + by;
  open(lessons[(next + lessons.length) % lessons.length].id);
}

// Training. work asks both sides for the same position, draws what they answer while it asks again, and waits where
// there is nothing to do.

let target = 0, chunk = 1, paced = 0, again = false, steps = 0;

function reset() {
  again = true;
  target = 0;
  wake();
}

function run(on) {
  running = on;
  paced = performance.now();
  target = 0;
  get("run").textContent = say(on ? "pause" : "run");
  get("run").setAttribute("aria-pressed", String(on));
  wake();
}

const wait = (milliseconds) => new Promise((done) => {
  wake = done;
  if (milliseconds) setTimeout(done, milliseconds);
});

// position returns how far the sides are that go on.
const position = () => Math.min(...sides.filter((s) => !s.done).map((s) => s.frame.epoch), Infinity);

// ahead moves the target on.
function ahead() {
  const speed = Number(get("speed").value), now = performance.now(), at = position();
  if (speed === 0) target = at + chunk;
  else target = Math.max(target, at) + (speed * Math.min(200, now - paced)) / 1000;
  paced = now;
}

// pace sets how far the next request goes: the slower side trains for 60 ms then, or for as long as all else takes, but
// not for more than a fiftieth of the run, so that the curves have points.
function pace(took) {
  const trained = Math.max(...sides.map((s) => s.trained)), rest = took - trained;
  const aim = Math.min(400, Math.max(60, rest));
  chunk = Math.min(sides[0].settings.epochs / 50, Math.max(0.02, chunk * Math.min(2, Math.max(0.5, aim / Math.max(1, trained)))));
}

async function round(request) {
  const started = performance.now();
  await Promise.all(sides.map((s) => s.ask(request)));
  const took = performance.now() - started;
  if (request.until) pace(took);
  const wrong = sides.map((s) => s.wrong).find(Boolean) ?? "";
  if (get("problem").textContent !== wrong) get("problem").textContent = wrong;
  get("problem").hidden = wrong === "";
  if (sides.some((s) => s.restarted) && !sides.every((s) => s.restarted) && sides.every((s) => s.frame)) again = true;
}

async function work() {
  for (;;) {
    const changed = sides.some((s) => s.changed), request = {};
    if (!running && !changed && !again && !steps) {
      await wait(0);
      continue;
    }
    if (again) request.reset = true;
    else if (steps) request.steps = steps;
    else if (running && sides.every((s) => s.frame)) {
      ahead();
      request.until = target;
    }
    again = false;
    steps = 0;
    await round(request);
    if (sides.every((s) => s.frame)) plan();
    if (running && (sides.every((s) => s.done) || sides.some((s) => s.stuck))) run(false);
    if (running && Number(get("speed").value) > 0) await wait(40);
  }
}

let planned = false;

function plan() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    draw();
  });
}

function draw() {
  const epoch = Math.min(position(), Math.max(...sides.map((s) => s.frame.epoch))), { epochs } = sides[0].settings;
  get("place").textContent = say("place", { epoch: epoch < 10 ? epoch.toFixed(1) : Math.floor(epoch), epochs });
  get("progress").value = Math.min(1, epoch / epochs);
  const classes = sides[0].frame.test.accuracy !== null;
  sides.forEach((s) => s.draw(running));
  curves.draw(sides[0].history, sides[1].history, classes);
}

// Texts.

// speak writes all texts, those of the controls in turns.
async function speak() {
  write();
  document.title = `${say("title")} · anneal`;
  get("language").textContent = other();
  get("language").lang = code() === "en" ? "zh-CN" : "en";
  get("run").textContent = say(running ? "pause" : "run");
  get("lessons").replaceChildren(new Option(say("lesson.none"), ""), ...lessons.map((l) => new Option(`${l.section} ${say(`${l.id}.title`)}`, l.id)));
  teach(lesson);
  for (const part of [...shared.values(), ...sides]) {
    part.write();
    await drawn();
  }
  if (sides.every((s) => s.frame)) draw();
}

function listen() {
  get("run").addEventListener("click", () => {
    if (!running && sides.every((s) => s.done)) reset();
    run(!running);
  });
  get("step").addEventListener("click", () => {
    run(false);
    steps = 1;
    wake();
  });
  get("reset").addEventListener("click", () => reset());
  get("speed").addEventListener("change", () => {
    remember();
    run(running);
  });
  get("lessons").addEventListener("change", () => open(get("lessons").value));
  get("before").addEventListener("click", () => turn(-1));
  get("next").addEventListener("click", () => turn(1));
  get("language").addEventListener("click", async () => {
    swap();
    chosen = code();
    remember();
    await dress(document.querySelector("main"));
    await speak();
  });
  addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, select, textarea, button, [role=slider]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const does = { " ": "run", s: "step", r: "reset" }[event.key];
    if (!does) return;
    event.preventDefault();
    get(does).click();
  });
  addEventListener("hashchange", () => {
    const next = state.read(location.hash);
    if (next.lang && next.lang !== code()) get("language").click();
    if (next.sides) {
      teach(next.lesson);
      show(next.sides);
    } else open(next.lesson);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", plan);
}

async function start() {
  get("place").textContent = say("loading");
  const begin = await connect();
  await drawn();
  curves = new Curves(get("legend"), get("charts"));
  for (const name of ["a", "b"]) {
    await drawn();
    sides.push(new Side(name, begin, (some) => change({ [name]: some })));
  }
  get("sides").prepend(...sides.map((s) => s.element));
  get("speed").value = opened.speed;
  if (get("speed").selectedIndex < 0) get("speed").value = "25";
  const found = lessonOf(lesson);
  show(opened.sides ?? state.settingsOf(found ?? { a: { norm: "none" } }));
  listen();
  await speak();
  again = false; // the sessions have not begun yet
  await work();
}

write();
start().catch((error) => {
  get("problem").textContent = `${say("failed")} ${error.message}`;
  get("problem").hidden = false;
  throw error;
});
