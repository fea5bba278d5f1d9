// The page of a study draws what /events sends: the runs that are new or have changed, each with its new epochs. An update with
// "study" has everything from the start; see studyupdate.go.

import { begin as beginLanguage, code, say, swap, write } from "./language.js";
import * as ending from "./ending.js";
import { count, list, share } from "./numbers.js";
import { hasToken, isConnected, keepToken, listen, takeToken } from "./program.js";
import { standing, statusOf, valueAt } from "./standing.js";
import words from "./words.js";

const get = (id) => document.getElementById(id);
const parameters = new URLSearchParams(location.search);
const most = 12; // settings whose curves are drawn unless the reader wants all
let study = null, state = { state: "waiting" };
let runs = [];
let board = null, judged, losses; // charts
let best = ""; // the setting

beginLanguage(words, parameters.get("lang"));
write();

function begin(next) {
  [study, runs, best] = [next, [], ""];
  get("name").textContent = study.name;
  get("folder").textContent = study.dir ? say("inFolder", { dir: study.dir }) : "";
  get("searching").hidden = !(study.rungs?.length > 1);
  get("searching").textContent = study.rungs ? say("searching", { rungs: list(study.rungs.map(String)) }) : "";
  get("to-come").hidden = Boolean(study.search);
  get("rows").replaceChildren();
  rows.clear();
}

function take(update) {
  const run = (runs[update.id] ??= { epochs: [], values: [] });
  const { epochs = [], values = [], ...rest } = update;
  Object.assign(run, { reason: "", guesses: false }, rest);
  epochs.forEach((e, i) => {
    if (run.epochs.length > 0 && e <= run.epochs.at(-1)) return;
    run.epochs.push(e);
    run.values.push(values[i]);
  });
}

// Numbers.

const text = (measure, v) => (measure.kind === "accuracy" ? share(v) : charts.number(v, 4));

function moments(measure, m) {
  if (!m) return "–";
  if (m.sd === null) return text(measure, m.mean);
  if (measure.kind === "accuracy") return `${(100 * m.mean).toFixed(2)} ± ${share(m.sd)}`;
  return `${text(measure, m.mean)} ± ${charts.number(m.sd, 2)}`;
}

const nameOf = (measure) => (measure.kind === "metric" ? measure.name : say(`${measure.kind}Name`));
const by = (measure) => say(state.by === "validation" ? "validationOf" : "testOf", { name: nameOf(measure) });

// Drawing.

// sharesText says which share of the study this program trains, and which are not completed.
function sharesText() {
  const numbers = [...new Set(study.shares)].sort((a, b) => a - b);
  const open = numbers.map((k) => ({ k, own: runs.filter((_, i) => study.shares[i] === k) }))
    .map(({ k, own }) => ({ k, n: own.length, done: own.filter((run) => run.state === "over").length }))
    .filter(({ n, done }) => done < n).map((share) => say("shareSome", share));
  const rest = open.length ? say("sharesOpen", { list: list(open) }) : say("sharesDone");
  return `${say("shareOf", { k: study.share, n: study.of })} ${rest}`;
}

const known = ["waiting", "training", "completed", "interrupted", "failed", "lost"];

function stateText(is) {
  if (is === "completed" && study?.share) return say("shareDone", { k: study.share });
  return known.includes(is) ? say(`state.${is}`) : is;
}

function statusText(run) {
  const is = statusOf(run, state);
  if (is === "training") return say("run.training", { epoch: run.epoch, share: `${Math.floor(100 * run.share)} %` });
  if (is === "paused") return say("run.paused", run);
  if (is === "pruned") return say("run.pruned", run);
  if (is === "pending") return say("run.pending");
  const end = ["completed", "stopped early", "diverged"].includes(is) ? say(`state.${is}`) : is;
  return run.guesses ? list([end, say("guesses")]) : end;
}

const rows = new Map(); // of the table, by setting
const pages = new paging.Pages(get("ranking"), () => fillTable(now));

function makeRow() {
  const row = document.createElement("tr"), cells = {};
  for (const name of ["rank", "setting", "judged", "test", "runs", "note"]) {
    cells[name] = charts.make(row, name === "setting" ? "th" : "td", { className: name });
  }
  cells.setting.scope = "row";
  return { row, cells, boxes: [] };
}

// fillRow fills the row of a setting. Its rank is 0 if nothing chooses.
function fillRow(of, rank, measure) {
  if (!rows.has(of.setting)) rows.set(of.setting, makeRow());
  const { cells, boxes, row } = rows.get(of.setting), put = (cell, value) => cell.textContent !== value && (cell.textContent = value);
  put(cells.rank, of.judged && rank ? String(rank) : "–");
  put(cells.setting, of.setting);
  put(cells.judged, moments(measure, of.judged));
  put(cells.test, moments(measure, of.test));
  of.runs.forEach((run, i) => {
    boxes[i] ??= charts.make(cells.runs, "span", { className: "run", role: "img" });
    const is = statusOf(run, state), label = say("cell", { setting: of.setting, seed: run.seed, state: statusText(run) });
    if (boxes[i].title === label) return;
    boxes[i].title = label;
    boxes[i].setAttribute("aria-label", label);
    boxes[i].dataset.state = run.state === "over" && run.guesses ? "guessing" : is;
    boxes[i].style.setProperty("--share", run.share);
  });
  const notes = [];
  const single = of.runs.length === 1 ? statusOf(of.runs[0], state) : "";
  if (study.search && of.reached > 0) {
    if (!["training", "paused", "pruned"].includes(single)) notes.push(say("atEpoch", { n: of.reached })); // these tell it
  }
  if (!study.search && of.judged && of.judged.n < of.runs.length) notes.push(say("seedsOf", { n: of.judged.n, all: of.runs.length }));
  if (single) notes.push(statusText(of.runs[0]));
  if (of.diverged && of.runs.length > 1) notes.push(say("diverged", { n: of.diverged }));
  if (of.guessing && of.runs.length > 1) notes.push(say("guessing", { n: of.guessing }));
  put(cells.note, list(notes));
  return row;
}

function fillTable({ rows: standings, measure, chooses }) {
  const heads = [say("rank"), say("setting.name"), by(measure), say("testOf", { name: nameOf(measure) }), say("seeds"), say("progress")];
  if (get("heads").textContent !== heads.join("")) {
    get("heads").replaceChildren();
    for (const textContent of heads) charts.make(get("heads"), "th", { scope: "col", textContent });
  }
  get("ranking").classList.toggle("by-test", state.by !== "validation");
  get("caption").textContent = chooses ? say(study.search ? "ranking.search" : "ranking") : say("settings");
  const ranks = new Map(standings.map((s, i) => [s, chooses ? i + 1 : 0])), body = get("rows");
  const list = pages.part(standings).map((s) => fillRow(s, ranks.get(s), measure));
  if (list.some((row, i) => body.children[i] !== row) || body.children.length > list.length) body.replaceChildren(...list);
}

function showBest({ best: first, chooses, measure }) {
  get("best").textContent = first ? moments(measure, first.judged) : "–";
  const of = by(measure), parts = first ? [first.setting, of[0].toLowerCase() + of.slice(1), say("ofSeeds", { n: first.judged.n })] : [];
  if (first && study.search) parts.push(say("atEpoch", { n: first.reached }));
  get("best-setting").textContent = first ? list(parts) : say(chooses ? "notYet" : "noChoice");
  if (first && first.setting !== best) {
    best = first.setting;
    get("announce").textContent = `${say("bestSoFar")}: ${list([first.setting, moments(measure, first.judged)])}`;
  }
}

// makeCharts makes the charts when it is known by what settings are compared.
function makeCharts(measure) {
  board = new charts.Board({ legend: get("legend"), address: "curves" });
  const x = say("epoch"), percent = measure.kind === "accuracy";
  judged = board.add(get("judged"), { title: by(measure), x, percent, log: measure.kind === "loss", height: 320 });
  losses = board.add(get("losses"), { title: by({ kind: "loss" }), x, log: true, height: 320 });
  get("losses").hidden = measure.kind === "loss";
}

// draw draws the curves: a line for each run, a band over the seeds of a setting.
function draw({ rows: standings, measure }) {
  if (!runs.some((r) => r.epochs.length > 0)) return;
  if (!board) makeCharts(measure);
  const shown = get("which").value === "all" ? standings : [...standings].slice(0, most);
  const line = (run, kind, on) => ({
    name: run.setting, seed: run.seed, diverged: run.reason === "diverged",
    x: run.epochs, y: run.values.map((v) => valueAt(v, kind, on) ?? null),
  });
  // In the order of the runs, so that the settings keep their colours.
  const drawn = shown.flatMap((s) => s.runs).filter((r) => r.epochs.length > 0).sort((a, b) => a.id - b.id);
  const lines = (kind, on) => drawn.map((run) => line(run, kind, on));
  judged.set(lines(measure.kind, state.by));
  losses.set(lines("loss", state.by));
  board.reach(0, study.epochs || 1);
}

function show() {
  const over = state.state === "over", is = over ? state.reason : isConnected() ? state.state : "lost";
  const pill = get("state"), said = stateText(is);
  if (pill.dataset.state !== is) get("announce").textContent = said;
  pill.dataset.state = is;
  pill.textContent = said;
  get("key").hidden = hasToken();
  get("steer").hidden = over && hasToken() && !get("said").textContent;
  get("close").hidden = !over || !hasToken();
  ending.watch(over, said, over && state.reason === "completed", study?.name);
  if (!study) return;
  const { counts } = now, total = runs.length;
  const done = runs.reduce((a, r) => a + (r.state === "over" ? 1 : r.share), 0) / Math.max(1, total);
  get("progress").hidden = Boolean(study.search);
  get("progress").value = over && state.reason === "completed" && !study.share ? 1 : done;
  get("shares").hidden = !study.share;
  get("shares").textContent = study.share ? sharesText() : "";
  document.title = `${study.search ? "" : `${Math.floor(100 * done)}% · `}${study.name} · ${said}`;
  get("over").textContent = study.search ? count(counts.over + counts.paused) : say("of", { a: count(counts.over), b: count(total) });
  get("pruned").textContent = counts.pruned ? `${say("pruned")}: ${counts.pruned}` : "";
  get("running").textContent = count(counts.training);
  get("pending").textContent = count(counts.pending);
  get("gone").textContent = count(counts.diverged + counts.guessing);
  const how = [];
  if (counts.diverged) how.push(say("diverged", { n: counts.diverged }));
  if (counts.guessing) how.push(say("guessing", { n: counts.guessing }));
  get("gone-how").textContent = list(how);
}

let now = { rows: [], counts: {}, measure: {} };

function apply(update) {
  state = update.state;
  if (update.study) begin(update.study);
  for (const run of update.cells ?? []) take(run);
  now = standing(runs, state, Boolean(study?.search));
  if (study) {
    showBest(now);
    fillTable(now);
    if (update.study || state.state === "over" || (update.cells ?? []).some((c) => c.epochs)) draw(now);
  }
  show();
  return state.state === "over";
}

function tell(text, wrong = false) {
  get("said").textContent = text;
  get("said").classList.toggle("wrong", wrong);
  get("steer").hidden = false;
}

// The other language is another address, and the page begins anew.
get("language").addEventListener("click", () => {
  swap();
  parameters.set("lang", code());
  location.search = parameters;
});
if (parameters.get("curves") === "all") get("which").value = "all";
get("which").addEventListener("change", () => {
  if (get("which").value === "all") parameters.set("curves", "all");
  else parameters.delete("curves");
  history.replaceState(null, "", `${location.pathname}${parameters.size ? `?${parameters}` : ""}${location.hash}`);
  if (study) draw(now);
});
get("key").addEventListener("submit", (event) => {
  event.preventDefault();
  keepToken(get("token").value.trim());
  get("token").value = "";
  show();
});
addEventListener("hashchange", () => takeToken() && show());
takeToken();
ending.furnish(tell);
listen(apply, show);
show();
