// Measures for how long a page keeps its thread busy at a time: while a task runs, the page answers nobody. Scripts of
// tests have it as require("fluid").

const { chromium } = require("playwright-core");

const most = 100; // milliseconds that a task may take
const categories = ["toplevel", "devtools.timeline"];

// longest returns the task of a trace that kept a page's thread busy for the longest time: its milliseconds, and what
// took these. The time is that which the thread computes, so that it tells the same on a busy machine. The page is found by
// its frame: Chromium has pages of its own, such as that below the address bar.
function longest({ traceEvents: events }, frame) {
  const key = (e) => `${e.pid} ${e.tid}`;
  const named = (e) => e.name === "thread_name" && e.args.name === "CrRendererMain";
  const of = ({ args }) => [args?.data, args?.beginData].some((data) => data?.frame === frame);
  const pages = new Set(events.filter(of).map(key));
  const threads = new Set(events.filter(named).map(key).filter((thread) => pages.has(thread)));
  const own = events.filter((e) => e.ph === "X" && e.tdur !== undefined && threads.has(key(e)));
  let found = { ms: 0, parts: [] };
  for (const task of own.filter((e) => /RunTask$/.test(e.name))) {
    if (task.tdur / 1000 <= found.ms) continue;
    const inside = own.filter((e) => e.ts >= task.ts && e.ts + e.dur <= task.ts + task.dur && key(e) === key(task));
    const parts = [...took(inside)].sort(([, a], [, b]) => b - a);
    const ms = parts.reduce((sum, [, ms]) => sum + ms, 0);
    if (ms > found.ms) found = { ms, parts: parts.slice(0, 4) };
  }
  return found;
}

// took returns the milliseconds that events of a thread took by themselves, by their names. What the test asks of the
// page is left out, and what the page does then is not.
function took(events) {
  const open = [], all = new Map();
  const add = ({ name, args }, microseconds) => {
    if (args?.chrome_mojo_event_info?.mojo_interface_tag === "blink.mojom.DevToolsSession") return;
    const full = [name, args?.data?.functionName, args?.src_func].filter(Boolean).join(" ");
    all.set(full, (all.get(full) ?? 0) + microseconds / 1000);
  };
  for (const e of events.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (open.length && open.at(-1).ts + open.at(-1).dur <= e.ts) open.pop();
    if (open.length) add(open.at(-1), -e.tdur);
    add(e, e.tdur);
    open.push(e);
  }
  return all;
}

// calm waits until a page has nothing more to do: for ten frames and half a second it computes for less than 50 ms.
async function calm(page, session) {
  const busy = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;
  for (const end = Date.now() + 120000; Date.now() < end;) {
    const before = await busy();
    await page.evaluate(async () => {
      for (let i = 0; i < 10; i++) await new Promise((done) => setTimeout(() => requestAnimationFrame(done), 50));
    });
    if (await busy() - before < 0.05) return;
  }
  throw new Error("the page never rests");
}

async function open(browser, url, options, long) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US", ...options });
  const page = await context.newPage(), session = await context.newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  page.on("pageerror", (error) => long.push(String(error)));
  await session.send("Performance.enable", { timeDomain: "threadTicks" });

  // act does something to the page and waits until all that follows is done, unless the page never rests. It prints the
  // longest task of that time.
  async function act(what, does, { rests = true } = {}) {
    await browser.startTracing(page, { categories });
    await does();
    if (rests) await calm(page, session);
    const { ms, parts } = longest(JSON.parse(await browser.stopTracing()), frameTree.frame.id);
    if (!ms) throw new Error(`${what}: the trace has no task of the page`);
    const text = `${String(Math.round(ms)).padStart(4)} ms  ${what}`;
    console.log(text);
    if (ms > most) long.push(`${text}: ${parts.map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(", ")}`);
  }
  await act("open", () => page.goto(url));
  return { page, act };
}

// fluid opens Chromium for a script, which gets a function that opens an address with options of playwright. That returns
// the page, and act(what, does). The program ends with an error if a task of any page takes too long.
module.exports = async function fluid(script) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const long = [];
  try {
    await script((url, options) => open(browser, url, options, long));
  } catch (error) {
    long.push(error.stack);
  } finally {
    await browser.close();
  }
  if (long.length) console.error(long.join("\n"));
  process.exitCode = long.length ? 1 : 0;
};
