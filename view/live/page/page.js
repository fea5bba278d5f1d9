// The page draws what /events sends, and sends commands to /control with the token. An update has everything that is
// new. An update with "run" has everything from the start; see update.go.

import { begin as beginLanguage, code, say, swap, tag, write } from "./language.js";
import * as curves from "./curves.js";
import * as ending from "./ending.js";
import { better, measured, metric } from "./measure.js";
import { count, duration, list, loss, share, thousand } from "./numbers.js";
import { isConnected, listen, takeToken } from "./program.js";
import { fillSettings } from "./settings.js";
import * as steer from "./steer.js";
import words from "./words.js";

const get = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.search);
let run = null; // what is drawn
let state = { state: "waiting" };

beginLanguage(words, parameters.get("lang"));
write();
curves.make();

function begin(next) {
  run = { ...next, best: null, epoch: null };
  get("name").textContent = run.name;
  get("folder").textContent = run.dir ? say("inFolder", { dir: run.dir }) : "";
  get("weights").textContent = run.weights ? say("weights", { n: count(run.weights) }) : "";
  get("log").replaceChildren();
  get("done").hidden = true;
  get("notices").replaceChildren();
  get("notices").hidden = true;
  for (const text of run.changes ?? []) warn(say("changed"), text);
  for (const text of run.warnings ?? []) warn(say("odd"), text);
  fillSettings(run);
  curves.begin(run, parameters.has("x"));
}

// warn adds what goes wrong: in the language of the page and, unless that is English, in the words of the program.
function warn(text, original) {
  const item = charts.make(get("notices"), "li", {});
  charts.make(item, "span", { textContent: text });
  if (original) charts.make(item, "small", { textContent: original, lang: "en" });
  get("notices").hidden = false;
}

const kinds = { guessing: "noticeGuessing", "dead units": "noticeDead", diverging: "noticeDiverging" };

const tellers = {
  epoch(e) {
    curves.addEpoch(e);
    run.epoch = e;
    if (better(run, e, run.best)) run.best = e;
    const result = e.no_classes ? [] : [say("testAccuracy", { v: charts.percent(e.test_accuracy, 4) })];
    result.push(say("testLoss", { v: charts.number(e.test_loss, 3) }));
    for (const m of e.metrics ?? []) {
      if (m.test != null && metric(e, m.name)) result.push(say("testMetric", { name: m.name, v: charts.number(m.test, 4) }));
    }
    announce(say("epochTold", { n: e.epoch, result: list(result) }));
  },
  control(e) {
    const text = say(`control.${e.action}`, { rate: list((e.lr ?? []).map((v) => charts.number(v, 6))) });
    charts.make(get("log"), "li", { textContent: say("controlled", { epoch: e.epoch, step: count(e.step), what: text }) });
    get("done").hidden = false;
    steer.carriedOut(e.action, text);
    if (e.action !== "continue") curves.mark(e.step, text);
  },
  notice(e) {
    const where = { epoch: e.epoch, step: count(e.step) };
    const text = tag() === "en" ? e.text : say(kinds[e.kind] ?? "noticeOther");
    warn(say("noticed", { ...where, text }), tag() === "en" ? "" : e.text);
    announce(text);
  },
  retry(e) {
    warn(say("retry", { what: e.what }), e.error);
  },
  refused(e) {
    steer.say(say("notDone", { error: e.error }), true);
  },
};

// Telling.

const states = [
  "waiting", "training", "evaluating", "paused", "stopping", "lost", "completed", "stopped early", "interrupted", "diverged", "failed",
];

// stateText returns what the state is called. A reason that the page does not know is shown as it is.
const stateText = (is) => (states.includes(is) ? say(`state.${is}`) : is);

function show() {
  const over = state.state === "over", is = over ? state.reason : isConnected() ? state.state : "lost";
  const pill = get("state");
  let text = stateText(is);
  if (pill.dataset.state !== is) announce(text);
  if (is === "waiting" && state.reading) {
    const { part, done, samples } = state.reading;
    text = say("reading", { part: say(`part.${part}`), done: count(done), n: count(samples) });
  }
  pill.dataset.state = is;
  pill.textContent = text;
  const done = run?.steps ? state.step / run.steps : 0;
  get("progress").value = done;
  document.title = run?.name ? `${Math.floor(100 * done)}% · ${run.name} · ${text}` : "anneal";
  steer.furnish(state);
  const reports = Boolean(run?.dir && run.epoch);
  ending.watch(over, text, reports, run?.name);
  get("sofar").hidden = over || !reports;
  if (run?.steps) showFigures(over);
}

function showFigures(over) {
  get("epoch").textContent = say("of", { a: state.epoch, b: run.epochs });
  get("step").textContent = say("stepOf", { a: count(state.step), b: count(run.steps) });
  get("loss").textContent = state.loss == null ? "–" : loss(state.loss);
  get("loss-epoch").textContent = run.epoch ? say("testShort", { v: loss(run.epoch.test_loss) }) : "";
  const [name, result] = measured(run, run.epoch ?? { no_classes: run.no_classes }, "test", true);
  get("measure").textContent = say("testOf", { name });
  get("accuracy").textContent = result;
  let best = "";
  if (run.best) {
    const [what, value] = measured(run, run.best, run.by);
    best = say(`bestBy.${run.by}`, { value: what === name ? value : `${what} ${value}`, epoch: run.best.epoch });
  }
  get("best").textContent = run.epoch?.guessing ? say("guesses") : best;
  get("rate").textContent = charts.number(state.lr[0], 4);
  get("rate-next").textContent = over ? "" : next();
  get("speed").textContent = state.speed == null ? "–" : thousand(state.speed);
  get("left").textContent = over || state.left == null ? "–" : duration(state.left);
  get("passed").textContent = say("passed", { time: duration(state.passed) });
}

// next returns how the rate will change. It also says when, unless the rate changes at every step.
function next() {
  const { x, y } = curves.ahead(0), i = y.findIndex((v, k) => k > 0 && Math.abs(v - y[0]) > 1e-9 * Math.abs(y[0]));
  if (i < 0) return x.length > 1 ? say("toTheEnd") : "";
  if (run.plan.epochs[0] < 1) return say(y[i] > y[0] ? "rising" : "falling");
  return say("rateFrom", { rate: charts.number(y[i], 3), epoch: Math.floor(x[i - 1]) + 1 });
}

function announce(text) {
  get("announce").textContent = text;
}

// Listening.

function apply(update) {
  state = update.state;
  if (update.run) begin(update.run);
  if (update.steps) curves.addSteps(update.steps);
  for (const e of update.events ?? []) tellers[e.event]?.(e);
  if (run?.steps) curves.show(state);
  show();
  return state.state === "over";
}

// The other language is another address, and the page begins anew.
get("language").addEventListener("click", () => {
  swap();
  parameters.set("lang", code());
  steer.leave();
  location.search = parameters;
});

if (parameters.get("x") === "now") get("span").value = "now";
get("span").addEventListener("change", () => {
  parameters.set("x", get("span").value);
  history.replaceState(null, "", `${location.pathname}?${parameters}${location.hash}`);
});

addEventListener("hashchange", () => takeToken() && show());
takeToken();
steer.begin(show);
ending.furnish(steer.say);
listen(apply, show);
show();
