// The page keeps the runs that /runs tells, asks for news every two seconds while it is seen, and draws what is filtered and
// sorted. A row is drawn again when its run has changed.

import { begin, code, languages, say as word, swap, tag, write as writeWords } from "./language.js";
import words from "./words.js";

const get = (id) => document.getElementById(id);
const pace = 2000; // milliseconds between two requests
const runs = new Map(); // by id
const rows = new Map(); // of the table, by id
const ticked = new Set();
let told = { life: "", version: 0, dir: "", studies: [], more: true };
let shown = []; // the ids of what is filtered, in order
let keys = ""; // of the settings that differ between the runs that are shown
const parameters = new URLSearchParams(location.search);
let sort = parameters.get("sort") ?? "date:down";

const pages = new paging.Pages(get("wide"), () => show());

begin(words, parameters.get("lang"));

// make adds an element with properties; those with a dash are attributes.
function make(parent, tag, properties = {}) {
  const e = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) e.setAttribute(key, value);
    else e[key] = value;
  }
  parent?.append(e);
  return e;
}

const baseOf = (run) => run.name.split("/").at(-1);
const nameOf = (run) => run.note || baseOf(run);
const folderOf = (run) => run.name.slice(0, -baseOf(run).length).replace(/\/$/, "");
const states = ["training", "completed", "stopped early", "interrupted", "diverged", "killed", "damaged"];
const stateWord = (state) => (states.includes(state) ? word(`state.${state}`) : state);
const stateOf = (run) => stateWord(run.state);
const groups = { // of states
  underWay: (run) => run.state === "training",
  ended: (run) => run.state === "completed" || run.state === "stopped early",
  wrong: (run) => !groups.underWay(run) && !groups.ended(run) || run.guesses,
};

// Numbers and dates.

function number(result, on) {
  const v = result?.[on];
  if (v == null) return "–";
  if (result.measure === "accuracy") return `${(100 * v).toFixed(2)} %`;
  return `${+v.toPrecision(4)}`;
}

const thisYear = new Date().getFullYear();
const dates = Object.fromEntries(languages.map((name) => {
  const same = new Intl.DateTimeFormat(name, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const other = new Intl.DateTimeFormat(name, { day: "numeric", month: "short", year: "numeric" });
  return [name, (d) => (d.getFullYear() === thisYear ? same : other).format(d)];
}));

const dateText = (text) => dates[tag()](new Date(text));

// Sorting.

// rank returns a list to compare results by: of one measure, the better one is the larger.
function rank(run, on) {
  const r = run.result, v = r?.[on];
  if (v == null) return null;
  return [r.measure === "accuracy" ? "" : r.measure, r.larger ? v : -v];
}

const sorters = {
  name: (run) => nameOf(run).toLowerCase(),
  date: (run) => run.date ?? null,
  settings: (run) => settingsText(run),
  losses: (run) => (run.losses ? -run.losses.at(-1) : null),
  validation: (run) => rank(run, "validation"),
  test: (run) => rank(run, "test"),
  state: (run) => run.state,
};
const downFirst = ["date", "losses", "validation", "test"];

function compare(a, b) {
  if (typeof a === "number") return a - b;
  if (typeof a === "string") return a < b ? -1 : a > b ? 1 : 0;
  return a[0] < b[0] ? 1 : a[0] > b[0] ? -1 : a[1] - b[1]; // measures from A, whatever the values
}

function sorted(list) {
  const [column, way] = sort.split(":"), key = sorters[column] ?? sorters.date, sign = way === "down" ? -1 : 1;
  return list.map((run) => [key(run), run]).sort(([a, x], [b, y]) => {
    if (a == null || b == null) return (a == null) - (b == null) || compare(x.name, y.name); // without a value: last
    return sign * compare(a, b) || compare(x.name, y.name);
  }).map(([, run]) => run);
}

// Filtering. All words must be in the run, one that begins with a minus must not.

function textOf(run) {
  const study = told.studies?.find((s) => s.id === run.study)?.name ?? "";
  return [run.name, run.note, run.tags?.map((t) => `#${t}`).join(" "), run.host, stateOf(run), study, settingsText(run)].join(" ").toLowerCase();
}

const settingWords = { epochs: "epochs", batch: "set.batch", valid: "set.valid", "train: samples": "set.samples", diagnostics: "set.diagnostics" };

// settingText returns a setting in words. Those that the page does not know have the words of their flags.
function settingText({ key, text }) {
  if (key === "interval") return text === "per step" ? word("set.step") : word("set.epoch");
  const known = settingWords[key], n = text.match(/[\d.]+/)?.[0];
  if (!known || text.startsWith("no ") || (n === undefined && key !== "diagnostics")) return text;
  return word(known, { n: Number(n) });
}

const settingsText = (run) => [...(run.settings ?? []).map(settingText), word("seed", { seed: run.seed })].join(" · ");

function filtered() {
  const needles = get("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const state = get("states").value, study = parameters.get("study");
  return [...runs.values()].filter((run) => {
    if (state && !(groups[state]?.(run) ?? run.state === state)) return false;
    if (study && run.study !== study) return false;
    if (needles.length === 0) return true;
    const text = textOf(run);
    return needles.every((n) => (n.length > 1 && n[0] === "-" ? !text.includes(n.slice(1)) : text.includes(n)));
  });
}

// differing returns the keys of settings that differ between runs.
function differing(list) {
  const first = new Map(), differ = new Set(["model"]);
  list.forEach((run, i) => {
    for (const { key, text } of run.settings ?? []) {
      if (!first.has(key)) first.set(key, { text, n: 0 });
      const f = first.get(key);
      f.n++;
      if (f.text !== text) differ.add(key);
    }
  });
  const known = list.filter((run) => run.settings).length;
  for (const [key, f] of first) if (f.n < known) differ.add(key);
  return differ;
}

// Drawing.

function curve(parent, losses) {
  if (!losses || losses.length < 2) return;
  const logs = losses.map((v) => Math.log10(Math.max(v, 1e-9)));
  let low = Math.min(...logs), high = Math.max(...logs);
  if (high - low < 0.5) [low, high] = [(low + high) / 2 - 0.25, (low + high) / 2 + 0.25]; // noise is no trend
  const points = logs.map((v, i) => `${(100 * i / (logs.length - 1)).toFixed(1)},${(29 - 27 * (v - low) / (high - low)).toFixed(1)}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [k, v] of Object.entries({
    class: "losses", viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img",
    "aria-label": word("lossesFrom", { first: losses[0], last: losses.at(-1) }),
  })) svg.setAttribute(k, v);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  line.setAttribute("points", points.join(" "));
  svg.append(line);
  parent.append(svg);
}

function fillState(parent, run) {
  make(parent, "span", { className: "state", "data-state": run.state, textContent: stateOf(run) });
  if (run.guesses) make(parent, "small", { className: "guesses", textContent: word("guesses"), title: (run.notices ?? []).join(" ") });
  if (run.error) make(parent, "small", { className: "error clamp", textContent: run.error, title: run.error });
  else if (run.epochs && run.epoch < run.epochs) make(parent, "small", { textContent: word("epochOf", run) });
  else if (run.epochs) make(parent, "small", { textContent: word("epochs", { n: run.epoch }) });
  if (run.state === "training" && run.epochs) make(parent, "progress", { max: run.epochs, value: run.epoch, "aria-label": word("epochOf", run) });
}

function fillActs(parent, run) {
  const label = nameOf(run);
  if (run.state !== "damaged") {
    make(parent, "a", { href: `report?run=${run.id}`, target: "_blank", rel: "noopener", textContent: word("report"), "aria-label": word("reportOf", { run: label }) });
    make(parent, "button", { type: "button", textContent: word("edit"), "aria-label": word("editOf", { run: label }), onclick: () => editRun(run.id) });
  }
  if (run.state !== "training") {
    make(parent, "button", { type: "button", textContent: word("delete"), "aria-label": word("deleteOf", { run: label }), onclick: () => deleteRun(run.id) });
  }
}

function fillSettings(parent, run, differ) {
  parent.replaceChildren();
  const list = make(parent, "div", { className: "clamp", title: settingsText(run) });
  for (const setting of run.settings ?? []) {
    const className = setting.key === "model" ? "model" : "";
    if (differ.has(setting.key)) make(list, "span", { className, textContent: settingText(setting) });
  }
  if (run.settings) make(list, "span", { className: "soft", textContent: word("seed", { seed: run.seed }) });
}

function fillResult(row, run, on) {
  const cell = make(row, "td", { className: `number ${on}` }), r = run.result;
  make(cell, "b", { textContent: number(r, on) });
  if (r?.[on] == null) return;
  const epoch = word(r.best ? "bestEpoch" : "lastEpoch", r);
  make(cell, "small", { textContent: r.measure === "accuracy" ? epoch : `${r.measure}, ${epoch}` });
}

// draw returns the row of a run.
function draw(run, differ) {
  const row = make(null, "tr", { className: ticked.has(run.id) ? "ticked" : "" });
  const label = make(make(row, "td", { className: "tick" }), "label");
  make(label, "input", {
    type: "checkbox", checked: ticked.has(run.id), disabled: run.state === "damaged", "aria-label": word("tickRun", { run: nameOf(run) }),
    onchange: (event) => tick(run.id, event.target.checked),
  });
  const head = make(row, "th", { scope: "row" });
  make(head, "span", { className: "clamp", textContent: nameOf(run), title: run.note || run.name });
  if (nameOf(run) !== run.name) make(head, "small", { className: "clamp", textContent: run.note ? run.name : folderOf(run), title: run.name });
  if (run.tags) {
    const tags = make(head, "div", { className: "tags" });
    for (const tag of run.tags) {
      make(tags, "button", { type: "button", textContent: tag, "aria-label": word("tag", { tag }), onclick: () => filterBy(`#${tag}`) });
    }
  }
  const brief = make(head, "div", { className: "brief" }), date = make(row, "td", { className: "date" });
  for (const place of run.date ? [brief, date] : []) {
    make(place, "time", { className: "soft", dateTime: run.date, textContent: dateText(run.date), title: run.host ? word("on", { date: run.date, host: run.host }) : run.date });
  }
  make(brief, "div", { className: "settings" });
  make(row, "td", { className: "settings" });
  for (const e of [brief.lastChild, row.lastChild]) fillSettings(e, run, differ);
  curve(make(row, "td", { className: "losses-cell" }), run.losses);
  fillResult(row, run, "validation");
  fillResult(row, run, "test");
  for (const place of [make(brief, "div"), make(row, "td", { className: "state-cell" })]) fillState(place, run);
  fillActs(make(brief, "div", { className: "acts-cell" }), run);
  fillActs(make(row, "td", { className: "acts-cell" }), run);
  return row;
}

// show draws what is new: the rows of these runs, and what the filter and the order make of all.
function show(changed = []) {
  const list = sorted(filtered()), differ = differing(list), now = [...differ].sort().join("\n");
  const focus = focused();
  for (const id of changed) rows.delete(id);
  if (now !== keys) {
    keys = now;
    for (const [id, row] of rows) row.querySelectorAll(".settings").forEach((e) => fillSettings(e, runs.get(id), differ));
  }
  shown = list.map((run) => run.id);
  arrange(differ);
  focus?.();
  get("count").textContent = told.more ? word("reading")
    : shown.length === runs.size ? word("shown", { n: runs.size }) : word("shownOf", { some: shown.length, n: runs.size });
  get("empty").hidden = shown.length > 0 || told.more;
  get("wide").hidden = shown.length === 0;
  get("empty").textContent = word(runs.size === 0 ? "noRuns" : "noMatch");
  furnish();
}

// arrange puts the rows of a page of what is shown into the table.
function arrange(differ) {
  const body = get("rows");
  const page = pages.part(shown).map((id) => {
    if (!rows.has(id)) rows.set(id, draw(runs.get(id), differ));
    return rows.get(id);
  });
  for (const row of [...body.rows]) if (!page.includes(row)) row.remove();
  let at = body.firstChild;
  for (const row of page) {
    if (row === at) at = at.nextSibling;
    else body.insertBefore(row, at);
  }
}

// focused returns a function that puts the focus where it is now, in the rows that are drawn then.
function focused() {
  const e = document.activeElement, row = e?.closest?.("#rows tr");
  if (!row) return null;
  const id = [...rows].find(([, r]) => r === row)?.[0], n = [...row.querySelectorAll("input, button, a")].indexOf(e);
  return () => rows.get(id)?.querySelectorAll("input, button, a")[n]?.focus({ preventScroll: true });
}

function furnish() {
  const chosen = shown.filter((id) => ticked.has(id)), link = get("compare");
  link.textContent = word(["compareNone", "compareOne"][chosen.length] ?? "compareMany", { n: chosen.length });
  link.title = chosen.length ? "" : word("compareHint");
  if (chosen.length) link.href = `report?${chosen.map((id) => `run=${id}`).join("&")}`;
  else link.removeAttribute("href");
  get("none").hidden = chosen.length === 0;
  const [column, way] = sort.split(":");
  for (const head of get("heads").cells) {
    if (head.dataset.column === column) head.setAttribute("aria-sort", way === "down" ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  get("order").value = sort;
  furnishStates();
  furnishStudies();
}

function furnishStates() {
  const select = get("states"), was = select.value || parameters.get("state") || "";
  const options = [["", word("allStates")]], all = [...runs.values()];
  const add = (value, state, n) => n > 0 && options.push([value, word("ofState", { state, n })]);
  for (const [name, is] of Object.entries(groups)) add(name, word(name), all.filter(is).length);
  for (const state of states) add(state, stateWord(state), all.filter((r) => r.state === state).length);
  if (was && !options.some(([value]) => value === was)) options.push([was, word("ofState", { state: groups[was] ? word(was) : stateWord(was), n: 0 })]);
  const text = JSON.stringify(options);
  if (select.dataset.text === text) return;
  select.dataset.text = text;
  select.replaceChildren(...options.map(([value, textContent]) => make(null, "option", { value, textContent })));
  select.value = was;
}

function furnishStudies() {
  const list = get("study-list"), studies = told.studies ?? [], all = [...runs.values()];
  get("studies").hidden = studies.length === 0;
  const state = studies.map((s) => {
    const own = all.filter((run) => run.study === s.id);
    return { ...s, begun: own.length, training: own.filter(groups.underWay).length, on: parameters.get("study") === s.id };
  });
  const text = JSON.stringify(state);
  if (list.dataset.text === text) return;
  list.dataset.text = text;
  const at = [...list.querySelectorAll("button, a")].indexOf(document.activeElement);
  list.replaceChildren(...state.map((s) => {
    const item = make(null, "li");
    make(item, "b", { textContent: s.name });
    const begun = s.runs ? word("begun", { some: s.begun, n: s.runs }) : word("begun.search", { n: s.begun });
    const training = s.training ? `, ${word("training", { n: s.training })}` : "";
    make(item, "span", { className: s.error ? "error" : "", textContent: s.error ?? begun + training });
    make(item, "button", {
      type: "button", textContent: word("runsOf"), "aria-pressed": String(s.on), "aria-label": word("runsOfHint", { study: s.name }),
      onclick: () => setParameter("study", s.on ? "" : s.id),
    });
    if (s.begun) make(item, "a", { href: `report?study=${s.id}`, target: "_blank", rel: "noopener", textContent: word("report"), "aria-label": word("reportOfStudyHint", { study: s.name }) });
    return item;
  }));
  if (at >= 0) list.querySelectorAll("button, a")[at]?.focus();
}

// What the reader does.

function setParameter(name, value) {
  if (value) parameters.set(name, value);
  else parameters.delete(name);
  const text = parameters.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
  pages.first();
  show();
}

function filterBy(text) {
  get("filter").value = text;
  setParameter("filter", text);
}

function sortBy(order) {
  sort = order;
  setParameter("sort", order === "date:down" ? "" : order);
}

function tick(id, on) {
  if (on) ticked.add(id);
  else ticked.delete(id);
  rows.get(id)?.classList.toggle("ticked", on);
  furnish();
}

function say(text, wrong = false) {
  get("said").textContent = text;
  get("said").classList.toggle("wrong", wrong);
}

// post asks for a change, and returns what the answer says or nothing.
async function post(path, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) return answer.done;
    say(word("failed", answer), true);
  } catch {
    say(word("unreachable"), true);
  }
}

// asked opens a dialog, and returns whether the reader chose to go on.
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

async function editRun(id) {
  const run = runs.get(id);
  get("naming-title").textContent = word("namingTitle", { run: run.name });
  get("note").value = run.note ?? "";
  get("tags").value = (run.tags ?? []).join(" ");
  if (!await asked(get("naming"))) return;
  const tags = [...new Set(get("tags").value.split(/[\s,]+/).map((tag) => tag.replace(/^#+/, "")).filter(Boolean))];
  if (await post("describe", { run: id, note: get("note").value.trim(), tags }) == null) return;
  say(word("saved", { run: run.name }));
  ask();
}

async function deleteRun(id) {
  const run = runs.get(id);
  get("sure-title").textContent = word("sureTitle", { run: nameOf(run) });
  get("sure-text").textContent = word("sureText", { dir: told.dir });
  if (!await asked(get("sure"))) return;
  const done = await post("delete", { run: id });
  if (done == null) return;
  say(word("moved", { run: nameOf(run), done }));
  ask();
}

// In a form that is a dialog's, Enter is its first button, which is to cancel.
for (const input of [get("note"), get("tags")]) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    get("naming").close("yes");
  });
}

// News.

let timer = 0, asking = false, again = false;

async function ask() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  clearTimeout(timer);
  let soon = false;
  try {
    const response = await fetch(`runs?life=${told.life}&since=${told.version}`);
    if (!response.ok) throw new Error((await response.json()).error);
    take(await response.json());
    soon = told.more;
    if (get("said").dataset.lost) {
      delete get("said").dataset.lost;
      say("");
    }
  } catch (error) {
    get("said").dataset.lost = "lost";
    say(error instanceof TypeError ? word("unreachable") : word("failed", { error: error.message }), true);
  }
  asking = false;
  soon ||= again;
  again = false;
  if (!document.hidden || soon) timer = setTimeout(ask, soon ? 0 : pace);
}

function take(news) {
  if (news.life !== told.life) {
    runs.clear();
    rows.clear();
  }
  told = { ...news, studies: news.studies ?? [] };
  get("folder").textContent = word("inFolder", { dir: told.dir });
  for (const run of news.runs) runs.set(run.id, run);
  if (news.ids) {
    const there = new Set(news.ids);
    for (const id of [...runs.keys()].filter((id) => !there.has(id))) {
      runs.delete(id);
      rows.delete(id);
      ticked.delete(id);
    }
  }
  show(news.runs.map((run) => run.id));
}

// The page itself, in one language or the other.

function write() {
  writeWords();
  document.title = `${word("title")} · anneal`;
  get("folder").textContent = told.dir && word("inFolder", { dir: told.dir });
}

for (const column of ["tick", "name", "date", "settings", "losses", "validation", "test", "state", "acts"]) {
  const head = make(get("heads"), "th", { scope: "col", className: `h-${column}`, "data-column": column });
  if (!sorters[column]) {
    make(make(head, "span"), "span", { className: "unseen", "data-word": column });
    continue;
  }
  make(head, "button", {
    type: "button", "data-word": column,
    onclick: () => {
      const [now, way] = sort.split(":"), first = downFirst.includes(column) ? "down" : "up";
      sortBy(`${column}:${now !== column ? first : way === "down" ? "up" : "down"}`);
    },
  });
}
for (const [value, key] of [["date:down", "newest"], ["date:up", "oldest"], ["test:down", "bestTest"], ["validation:down", "bestValidation"], ["name:up", "byName"]]) {
  make(get("order"), "option", { value, "data-word": key });
}
get("language").addEventListener("click", () => setTimeout(() => { // else the browser would lay the page out in the same task
  swap();
  rows.clear();
  write();
  setParameter("lang", code());
}));
get("order").addEventListener("change", () => sortBy(get("order").value));
get("filter").value = parameters.get("filter") ?? "";
get("filter").addEventListener("input", () => setParameter("filter", get("filter").value));
get("states").addEventListener("change", () => setParameter("state", get("states").value));
write();
get("none").addEventListener("click", () => {
  for (const id of [...ticked]) tick(id, false);
  for (const row of rows.values()) row.querySelector(".tick input").checked = false;
});
document.addEventListener("visibilitychange", () => document.hidden || ask());
ask();
