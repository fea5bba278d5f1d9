// The page draws what /events sends, and sends commands to /control with the token. An update has everything that is
// new. An update with "run" has everything from the start; see update.go.
"use strict";

const get = (id) => document.getElementById(id);
const maxPoints = 1024; // of the training loss, as in history.go
let run = null; // what is drawn
let state = { state: "waiting" };
let connected = false;

// Drawing. Time is in epochs: step / updates.

const board = new charts.Board({ legend: get("legend"), kinds: {
  test: "so far", ema: "mean of the weights (EMA)", swa: "equal mean of the weights (SWA)",
} });
const losses = board.add(get("losses"), { title: "Loss", x: "epoch", y: "nats", log: true, smooth: 20, height: 300 });
const accuracies = board.add(get("accuracies"), { title: "Accuracy", x: "epoch", percent: true, height: 240 });
const measures = new Map(); // the charts of metrics, by name
const rates = board.add(get("rates"), { title: "Learning rate", x: "epoch", steps: true, log: true, height: 240 });

const training = { name: "training", kind: "test" };
const test = { name: "test", kind: "test", smooth: 0 };
const validation = { name: "validation", kind: "test", smooth: 0 };

function begin(next) {
  run = { ...next, seen: 0, samples: [], best: null, rates: next.groups?.map(() => ({ x: [], y: [] })) ?? [], marks: [] };
  get("name").textContent = run.name;
  get("folder").textContent = run.dir ? `in ${run.dir}` : "";
  get("weights").textContent = run.weights ? `${count(run.weights)} weights` : "";
  get("log").replaceChildren();
  get("notices").replaceChildren();
  get("notices").hidden = true;
  get("done").hidden = true;
  losses.set([training, test]);
  accuracies.set([test]);
  losses.options.y = run.no_classes ? undefined : "nats";
  get("accuracies").hidden = Boolean(run.no_classes);
  for (const chart of measures.values()) {
    chart.set([]);
    chart.plot.parentElement.hidden = true;
  }
  rates.set([]);
}

const groupName = (g) => run.groups[g].pattern || (run.groups.length > 1 ? "other parameters" : "rate");

function addSteps({ step, loss, samples, lr }) {
  const from = step.findIndex((s) => s > run.seen); // after a lost connection some may come again
  if (from < 0) return;
  const x = step.slice(from).map((s) => s / run.updates);
  losses.append(training, x, loss.slice(from));
  run.samples.push(...samples.slice(from));
  const line = losses.lines.find((l) => l.name === training.name);
  if (line.x.length >= maxPoints) thin(line);
  run.seen = step.at(-1);
  lr.forEach((values, g) => values.slice(from).forEach((v, i) => addRate(g, x[i], v)));
}

// thin replaces each two points by one, as the program does. From then on one point covers twice as many steps.
function thin(line) {
  const second = (i) => i % 2 === 1, stays = (_, i, all) => second(i) || i === all.length - 1, n = run.samples;
  line.y = line.y.map((y, i) => (second(i) ? (line.y[i - 1] * n[i - 1] + y * n[i]) / (n[i - 1] + n[i]) : y)).filter(stays);
  line.x = line.x.filter(stays);
  run.samples = n.map((k, i) => (second(i) ? n[i - 1] + k : k)).filter(stays);
}

// addRate records that a rate held until x. A rate that stays the same is one piece.
function addRate(g, x, lr) {
  const { x: xs, y: ys } = run.rates[g];
  if (xs.length === 0) {
    xs.push(0);
    ys.push(lr);
  }
  if (xs.length > 1 && ys.at(-1) === lr) xs.pop(), ys.pop();
  xs.push(x);
  ys.push(lr);
}

function drawRates() {
  const lines = run.rates.map(({ x, y }, g) => ({ name: groupName(g), kind: "test", x, y }));
  if (state.state !== "over") run.rates.forEach((_, g) => lines.push(ahead(g)));
  rates.set(lines, run.marks);
}

// ahead returns the schedule's rates from here on, scaled by current rate ÷ scheduled rate.
function ahead(g) {
  const now = state.step / run.updates, { epochs, lr } = run.plan;
  const x = [now], y = [state.lr[g]];
  epochs.forEach((e, i) => {
    if (e <= now || lr[g]?.[i] == null) return;
    x.push(e);
    y.push(lr[g][i] * state.factor[g]);
  });
  return { name: groupName(g), kind: "ahead", x: lr[g] ? x : [], y: lr[g] ? y : [] };
}

const metric = (e, name) => e.metrics?.find((m) => m.name === name && (e.no_classes || name !== "accuracy"));

// judged returns the number by which e is compared with other epochs, null if nothing chooses: the metric that chooses, else the
// accuracy, or the loss if there are no classes.
function judged(e) {
  const m = metric(e, run.chooses), of = e.no_classes ? "loss" : "accuracy";
  if (m) return m[run.by] ?? null;
  return { validation: e[`validation_${of}`], test: e[`test_${of}`] }[run.by] ?? null;
}

function better(e, than) {
  const m = metric(e, run.chooses), larger = m ? m.larger : !e.no_classes;
  return judged(e) != null && (!than || (larger ? judged(e) > judged(than) : judged(e) < judged(than)));
}

// measured returns the name of what chooses, and its number in e on the test samples or those of validation. Without
// classes, any metric will do if any is set.
function measured(e, on, any = false) {
  const m = metric(e, run.chooses) ?? (any && e.no_classes ? e.metrics?.[0] : null);
  if (m) return [m.name, m[on] == null ? "–" : charts.number(m[on], 4)];
  const of = e.no_classes ? "loss" : "accuracy", v = e[`${on}_${of}`];
  if (v == null) return [of, "–"];
  return [of, e.no_classes ? v.toFixed(4) : `${(100 * v).toFixed(2)}%`];
}

// measure returns the chart of a metric.
function measure(name) {
  let chart = measures.get(name);
  if (!chart) {
    const figure = document.createElement("figure");
    get("rates").before(figure);
    chart = board.add(figure, { title: name, x: "epoch", height: 240 });
    measures.set(name, chart);
    chart.set([], run.marks);
  }
  chart.plot.parentElement.hidden = false;
  return chart;
}

const tellers = {
  epoch(e) {
    const x = e.step / run.updates;
    losses.append(test, x, e.test_loss);
    get("accuracies").hidden = Boolean(e.no_classes);
    if (!e.no_classes) accuracies.append(test, x, e.test_accuracy);
    run.epoch = e;
    if (e.validation_loss != null) losses.append(validation, x, e.validation_loss);
    if (e.validation_accuracy != null) accuracies.append(validation, x, e.validation_accuracy);
    for (const m of e.metrics ?? []) {
      if (!metric(e, m.name)) continue;
      measure(m.name).append(test, x, m.test ?? null);
      if (e.validation_loss != null || m.validation != null) measure(m.name).append(validation, x, m.validation ?? null);
    }
    if (better(e, run.best)) run.best = e;
    for (const kind of ["ema", "swa"]) {
      if (e[`${kind}_test_loss`] != null) losses.append({ ...test, kind }, x, e[`${kind}_test_loss`]);
      if (e[`${kind}_test_accuracy`] != null) accuracies.append({ ...test, kind }, x, e[`${kind}_test_accuracy`]);
    }
    const result = e.no_classes ? [] : [`test accuracy ${charts.percent(e.test_accuracy, 4)}`];
    result.push(`test loss ${charts.number(e.test_loss, 3)}`);
    for (const m of e.metrics ?? []) if (m.test != null && metric(e, m.name)) result.push(`test ${m.name} ${charts.number(m.test, 4)}`);
    announce(`Epoch ${e.epoch}: ${result.join(", ")}`);
  },
  control(e) {
    const text = { pause: "paused", continue: "continued", rate: `rate ${e.lr?.map((v) => charts.number(v, 6)).join(", ")}`, stop: "stopped" }[e.action];
    charts.make(get("log"), "li", { textContent: `epoch ${e.epoch}, step ${count(e.step)}: ${text}` });
    get("done").hidden = false;
    say(text[0].toUpperCase() + text.slice(1) + ".");
    if (e.action === "continue") return;
    const mark = { x: e.step / run.updates, text }, last = run.marks.at(-1);
    if (last?.x === mark.x) mark.text = `${run.marks.pop().text}, ${text}`;
    run.marks.push(mark);
    for (const chart of [losses, accuracies, ...measures.values(), rates]) chart.set(chart.lines, run.marks);
  },
  notice(e) {
    charts.make(get("notices"), "li", { textContent: `Epoch ${e.epoch}, step ${count(e.step)}: ${e.text}` });
    get("notices").hidden = false;
    announce(e.text);
  },
  refused(e) {
    say(`Not done: ${e.error}.`, true);
  },
  end() {},
};

// Telling.

const count = (n) => n.toLocaleString("en");
const thousand = (n) => count(Number(n.toPrecision(3)));

function duration(seconds) {
  const s = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)} min`;
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)} h`;
}

const states = {
  waiting: "waiting for the run", training: "training", evaluating: "evaluating", paused: "paused", stopping: "stopping", lost: "no connection, trying again",
  completed: "completed", interrupted: "stopped", diverged: "diverged", failed: "failed, see the terminal",
};

function show() {
  const over = state.state === "over", is = over ? state.reason : connected ? state.state : "lost";
  const pill = get("state");
  if (pill.dataset.state !== is) announce(states[is] ?? is);
  pill.dataset.state = is;
  pill.textContent = states[is] ?? is;
  const share = run?.steps ? state.step / run.steps : 0;
  get("progress").value = share;
  document.title = run?.name ? `${Math.floor(100 * share)}% · ${run.name} · ${states[is] ?? is}` : "anneal";
  furnish(over);
  if (!run?.steps) return;
  get("epoch").textContent = `${state.epoch} of ${run.epochs}`;
  get("step").textContent = `step ${count(state.step)} of ${count(run.steps)}`;
  get("loss").textContent = state.loss == null ? "–" : state.loss.toFixed(4);
  get("loss-epoch").textContent = run.epoch ? `test ${run.epoch.test_loss.toFixed(4)}` : "";
  const [name, result] = measured(run.epoch ?? { no_classes: run.no_classes }, "test", true);
  get("measure").textContent = `Test ${name}`;
  get("accuracy").textContent = result;
  let best = "";
  if (run.best) {
    const [what, value] = measured(run.best, run.by);
    best = `best ${run.by} ${what === name ? "" : what + " "}${value}, epoch ${run.best.epoch}`;
  }
  get("best").textContent = run.epoch?.guessing ? "no better than guessing" : best;
  get("rate").textContent = charts.number(state.lr[0], 4);
  get("rate-next").textContent = over ? "" : next();
  get("speed").textContent = state.speed == null ? "–" : thousand(state.speed);
  get("left").textContent = over ? "–" : state.left == null ? "–" : duration(state.left);
  get("passed").textContent = `${duration(state.passed)} so far`;
}

// next returns how the rate will change. It also says when, unless the rate changes at every step.
function next() {
  const { x, y } = ahead(0), i = y.findIndex((v, i) => i > 0 && Math.abs(v - y[0]) > 1e-9 * Math.abs(y[0]));
  if (i < 0) return x.length > 1 ? "to the end" : "";
  if (run.plan.epochs[0] < 1) return y[i] > y[0] ? "rising" : "falling";
  return `${charts.number(y[i], 3)} from epoch ${Math.floor(x[i - 1]) + 1}`;
}

function announce(text) {
  get("announce").textContent = text;
}

// Listening.

function apply(update) {
  state = update.state;
  if (update.run) begin(update.run);
  if (update.steps) addSteps(update.steps);
  for (const e of update.events ?? []) tellers[e.event]?.(e);
  if (run?.steps) drawRates();
  show();
}

function listen() {
  const source = new EventSource("events");
  source.onopen = () => {
    connected = true;
    show();
  };
  source.onmessage = (message) => {
    apply(JSON.parse(message.data));
    if (state.state === "over") source.close();
  };
  source.onerror = () => {
    connected = false;
    show();
    if (source.readyState === EventSource.CLOSED && state.state !== "over") setTimeout(listen, 5000);
  };
}

// Steering. Only this page's memory holds the token.

let token = "";

function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!found) return;
  token = found;
  history.replaceState(null, "", location.pathname);
  show();
}

function furnish(over) {
  get("key").hidden = Boolean(token) || over;
  get("controls").hidden = !token || over;
  get("steer").hidden = over && !get("said").textContent;
  for (const e of get("controls").querySelectorAll("button, input")) e.disabled = !connected || state.state === "stopping";
  get("pause").textContent = state.state === "paused" ? "Continue" : "Pause";
  if (state.lr) get("lr").placeholder = charts.number(state.lr[0], 4);
}

function say(text, wrong = false) {
  get("said").textContent = text;
  get("said").classList.toggle("wrong", wrong);
}

async function ask(command, text) {
  say(text);
  let response;
  try {
    response = await fetch("control", { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body: JSON.stringify(command) });
    if (response.ok) return;
    const { error } = await response.json();
    if (response.status === 403) token = "";
    say(`Not done: ${error}.`, true);
  } catch {
    say("The program does not answer.", true);
  }
  show();
}

get("pause").addEventListener("click", () => {
  if (state.state === "paused") ask({ action: "continue" }, "Continuing…");
  else ask({ action: "pause" }, "Pausing after this step…");
});

get("stop").addEventListener("click", () => get("sure").showModal());
get("sure").addEventListener("close", () => {
  if (get("sure").returnValue === "yes") ask({ action: "stop" }, "Stopping after this step…");
  get("sure").returnValue = "";
});

get("set").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = get("lr").value.trim().replace(",", "."), lr = Number(text);
  if (!(text !== "" && lr > 0 && lr < Infinity)) return say(`“${get("lr").value}” is no rate: enter a number above 0, such as 0.01.`, true);
  get("lr").value = "";
  ask({ action: "rate", lr }, `Setting the rate to ${charts.number(lr)}…`);
});

get("key").addEventListener("submit", (event) => {
  event.preventDefault();
  token = get("token").value.trim();
  get("token").value = "";
  say("");
  show();
});

addEventListener("hashchange", takeToken);
takeToken();
listen();
show();
