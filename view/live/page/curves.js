// The curves of a run. Time is in epochs: step / updates. All charts have one x axis: the whole run, or as far as it is.

import { say } from "./language.js";
import { metric } from "./measure.js";

const get = (id) => document.getElementById(id);
const pieces = 200; // of a rate that stays the same for a whole run
const longest = 50; // epochs of a run that is shown as a whole
const maxPoints = 1024; // of the training loss, as in history.go
let run = null, seen = 0, samples = [], drawn = [], marks = [];
let clock = null; // when the epochs were
let state = {};
let board, losses, accuracies, rates, training, test, validation;
const measures = new Map(); // the charts of metrics, by name

// make makes the charts, in the language of the page.
export function make() {
  board = new charts.Board({ legend: get("legend"), address: "curves", kinds: {
    test: say("soFarKind"), ema: say("ema"), swa: say("swa"), ahead: say("ahead"),
  } });
  const x = say("epoch");
  losses = board.add(get("losses"), { title: say("loss"), x, y: say("nats"), log: true, smooth: 20, height: 300 });
  accuracies = board.add(get("accuracies"), { title: say("accuracy"), x, percent: true, log: true, height: 240 });
  rates = board.add(get("rates"), { title: say("rate"), x, steps: true, log: true, height: 240 });
  training = { name: say("training"), kind: "test" };
  test = { name: say("test"), kind: "test", smooth: 0 };
  validation = { name: say("validation"), kind: "test", smooth: 0 };
  get("span").addEventListener("change", reach);
}

// begin begins a run anew. The axis of a long run begins with what there is, unless the reader wants it otherwise.
export function begin(next, chosen) {
  run = next;
  if (!chosen) get("span").value = run.epochs > longest ? "now" : "run";
  [seen, samples, marks, clock] = [0, [], [], { x: [0], step: [0], seconds: [0] }];
  drawn = run.groups?.map(() => ({ x: [], y: [] })) ?? [];
  losses.set([training, test]);
  accuracies.set([test]);
  losses.options.y = run.no_classes ? undefined : say("nats");
  get("accuracies").hidden = Boolean(run.no_classes);
  for (const chart of measures.values()) {
    chart.set([]);
    chart.plot.parentElement.hidden = true;
  }
  rates.set([]);
}

const all = () => [losses, accuracies, ...measures.values(), rates];

export function addSteps({ step, loss, samples: counts, lr }) {
  const from = step.findIndex((s) => s > seen); // after a lost connection some may come again
  if (from < 0) return;
  const x = step.slice(from).map((s) => s / run.updates);
  losses.append(training, x, loss.slice(from));
  samples.push(...counts.slice(from));
  const line = losses.lines.find((l) => l.name === training.name);
  if (line.x.length >= maxPoints) thin(line);
  seen = step.at(-1);
  lr.forEach((values, g) => values.slice(from).forEach((v, i) => addRate(g, x[i], v)));
}

// thin replaces each two points by one, as the program does. From then on one point covers twice as many steps.
function thin(line) {
  const second = (i) => i % 2 === 1, stays = (_, i, every) => second(i) || i === every.length - 1, n = samples;
  line.y = line.y.map((y, i) => (second(i) ? (line.y[i - 1] * n[i - 1] + y * n[i]) / (n[i - 1] + n[i]) : y)).filter(stays);
  line.x = line.x.filter(stays);
  samples = n.map((k, i) => (second(i) ? n[i - 1] + k : k)).filter(stays);
}

// addRate records that a rate held until x. A rate that stays the same has points for the cursor to stand on, but not many.
function addRate(g, x, lr) {
  const { x: xs, y: ys } = drawn[g];
  if (xs.length === 0) {
    xs.push(0);
    ys.push(lr);
  }
  if (xs.length > 1 && ys.at(-1) === lr && x - xs.at(-2) < run.steps / run.updates / pieces) xs.pop(), ys.pop();
  xs.push(x);
  ys.push(lr);
}

export function addEpoch(e) {
  const x = e.step / run.updates;
  clock.x.push(x);
  clock.step.push(e.step);
  clock.seconds.push(clock.seconds.at(-1) + e.train_seconds + e.test_seconds);
  board.setClock(clock);
  losses.append(test, x, e.test_loss);
  get("accuracies").hidden = Boolean(e.no_classes);
  if (!e.no_classes) accuracies.append(test, x, e.test_accuracy);
  if (e.validation_loss != null) losses.append(validation, x, e.validation_loss);
  if (e.validation_accuracy != null) accuracies.append(validation, x, e.validation_accuracy);
  for (const m of e.metrics ?? []) {
    if (!metric(e, m.name)) continue;
    measure(m.name).append(test, x, m.test ?? null);
    if (e.validation_loss != null || m.validation != null) measure(m.name).append(validation, x, m.validation ?? null);
  }
  for (const kind of ["ema", "swa"]) {
    if (e[`${kind}_test_loss`] != null) losses.append({ ...test, kind }, x, e[`${kind}_test_loss`]);
    if (e[`${kind}_test_accuracy`] != null) accuracies.append({ ...test, kind }, x, e[`${kind}_test_accuracy`]);
  }
}

// measure returns the chart of a metric.
function measure(name) {
  let chart = measures.get(name);
  if (!chart) {
    const figure = document.createElement("figure");
    get("rates").before(figure);
    chart = board.add(figure, { title: name, x: say("epoch"), height: 240 });
    measures.set(name, chart);
    chart.set([], marks);
  }
  chart.plot.parentElement.hidden = false;
  return chart;
}

// mark writes a text at a step into all charts.
export function mark(step, text) {
  const next = { x: step / run.updates, text }, last = marks.at(-1);
  if (last?.x === next.x) next.text = `${marks.pop().text}, ${text}`;
  marks.push(next);
  for (const chart of all()) chart.set(chart.lines, marks);
}

const groupName = (g) => run.groups[g].pattern || (run.groups.length > 1 ? say("otherParameters") : say("rateName"));

// show draws what follows from the state: the rates, and how far the charts reach.
export function show(next) {
  state = next;
  const lines = drawn.map(({ x, y }, g) => ({ name: groupName(g), kind: "test", x, y }));
  if (state.state !== "over") drawn.forEach((_, g) => lines.push(ahead(g)));
  rates.set(lines, marks);
  reach();
}

// reach gives all charts one axis of x.
function reach() {
  if (!run?.updates) return;
  const end = (get("span").value === "now" ? Math.max(1, state.step) : run.steps) / run.updates;
  board.reach(0, end);
}

// ahead returns the schedule's rates from here on, scaled by current rate ÷ scheduled rate.
export function ahead(g) {
  const now = state.step / run.updates, { epochs, lr } = run.plan;
  const x = [now], y = [state.lr[g]];
  epochs.forEach((e, i) => {
    if (e <= now || lr[g]?.[i] == null) return;
    x.push(e);
    y.push(lr[g][i] * state.factor[g]);
  });
  return { name: groupName(g), kind: "ahead", x: lr[g] ? x : [], y: lr[g] ? y : [] };
}
