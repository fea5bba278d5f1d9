// Pages in Chromium for the tests of this folder.

const assert = require("node:assert/strict");
const soon = require("soon");

// drawn counts the pixels of a chart that have nearly the colour of a line.
const drawn = (page, chart, line) => page.evaluate(([id, name]) => {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
  probe.fillRect(0, 0, 1, 1);
  const want = probe.getImageData(0, 0, 1, 1).data, canvas = document.querySelector(`#${id} canvas`);
  if (!canvas) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 100 && [0, 1, 2].every((k) => Math.abs(data[i + k] - want[k]) < 12)) n++;
  }
  return n;
}, [chart, `--line-${line}`]);

const inState = (page, state) => soon.until(state, async () => (await page.locator("#state").getAttribute("data-state")) === state);

// fits waits until a page is as wide as its window: charts take their width a moment later.
const fits = (page) => soon.until("a page as wide as a phone", () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

// A notification that leaves no trace outside of the page.
function stand() {
  window.notified = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(text) { window.notified.push(text); }
    close() {}
  };
}

// opener returns a function that opens an address in a window of its own, whose timers the test can run if clock is set.
// Whatever goes wrong in it is pushed to problems.
function opener(browser, origin, problems) {
  return async (address, { clock, ...options } = {}) => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 1050 }, deviceScaleFactor: 2, locale: "en-US", ...options });
    await context.addInitScript(stand);
    if (clock) await context.clock.install();
    context.on("page", (page) => {
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => message.type() === "error" && !/403|ERR_CONNECTION/.test(message.text()) && problems.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) problems.push(`asks ${request.url()}`);
        if (request.url().includes("token")) problems.push(`sends the token in ${request.url()}`);
      });
    });
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
}

// shooter returns a function that leaves pictures of a page in a folder, in both schemes, if there is a folder.
function shooter(page, folder) {
  return async (name) => {
    for (const colorScheme of folder ? ["light", "dark"] : []) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
    }
    if (folder) await page.emulateMedia({ colorScheme: "light" });
  };
}

module.exports = { assert, drawn, inState, fits, opener, shooter };
