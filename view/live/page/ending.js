// What pages do when the run is over: they link to its report and become it, unless the reader stays or the program has ended,
// they close the program, and they notify who wants that.

import { say } from "./language.js";
import { ask, hasToken } from "./program.js";

const get = (id) => document.getElementById(id);
const patience = 10; // seconds until the page becomes the report
let seen = false; // the run under way
let over = false, left = 0, timer = 0;

// watch takes whether the run is over, what its state is called, whether there is a report, and the name of the run.
export function watch(isOver, text, hasReport, name) {
  if (!isOver && name) seen = true;
  if (!isOver || over) return;
  over = true;
  get("ending").hidden = false;
  get("notify").hidden = true;
  get("report").hidden = !hasReport;
  get("close").hidden = !hasToken();
  if (new URLSearchParams(location.search).has("lang")) get("report").href = `report?lang=${document.documentElement.lang.slice(0, 2)}`;
  if (seen) notify(say("notifyTitle", { name, state: text }));
  if (seen && hasReport) {
    left = patience;
    get("stay").hidden = false;
    timer = setInterval(tick, 1000);
  }
  tell(text);
}

let ended = "";

function tell(text) {
  ended = text;
  get("ended").textContent = left > 0 ? say("changes", { state: ended, n: left }) : say("stays", { state: ended });
}

async function tick() {
  left--;
  if (left > 0) return tell(ended);
  stay();
  const { href } = get("report");
  try {
    if ((await fetch(href, { method: "HEAD" })).ok) location.assign(href);
  } catch {
    closed(); // the page is all that is left
  }
}

function closed() {
  get("close").hidden = get("report").hidden = true;
  get("ended").textContent = say("closed");
}

function stay() {
  clearInterval(timer);
  left = 0;
  get("stay").hidden = true;
  tell(ended);
}

// The notification.

const wish = "notify at the end";
const can = "Notification" in window && window.isSecureContext;
const wanted = () => can && Notification.permission === "granted" && sessionStorage.getItem(wish) === "yes";

function notify(text) {
  if (!wanted()) return;
  const n = new Notification(text, { lang: document.documentElement.lang });
  n.onclick = () => {
    window.focus();
    n.close();
  };
}

// furnish gives the buttons their work. said is called with what came of it, and with whether it went wrong.
export function furnish(said) {
  const button = get("notify"), show = () => button.setAttribute("aria-pressed", String(wanted()));
  button.hidden = !can;
  show();
  button.addEventListener("click", async () => {
    sessionStorage.setItem(wish, wanted() ? "no" : "yes");
    const asked = sessionStorage.getItem(wish) === "yes" ? await Notification.requestPermission() : "granted";
    if (asked !== "granted") said(say("notifyDenied"), true);
    else said(say(wanted() ? "notifyOn" : "notifyOff"));
    show();
  });
  get("stay").addEventListener("click", stay);
  get("close").addEventListener("click", async () => {
    stay();
    const problem = await ask("close", {});
    if (problem?.error) return said(say("notDone", { error: problem.error }), true);
    closed();
  });
}
