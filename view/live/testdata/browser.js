// Watches and steers a run in Chromium, and checks what the page draws. Arguments: the page's URL with the token, "classes" or
// "regression" for what trains there, and, if screenshots are wanted, a folder for them. Needs playwright-core and Chromium, whose path is in CHROMIUM.

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const axe = require("axe");

const [url, what, folder] = process.argv.slice(2);
const origin = new URL(url).origin;

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

async function until(what, check) {
  for (const end = Date.now() + 60000; ;) {
    const got = await check();
    if (got) return got;
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const step = async (page) => Number((await page.locator("#step").innerText()).match(/step ([\d,]+)/)?.[1].replace(",", "") ?? 0);
const inState = (page, state) => until(state, async () => (await page.locator("#state").getAttribute("data-state")) === state);

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const problems = [];
  const open = async (address, options) => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 1050 }, deviceScaleFactor: 2, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && !message.text().includes("403") && problems.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) problems.push(`asks ${request.url()}`);
      if (request.url().includes("token")) problems.push(`sends the token in ${request.url()}`);
    });
    await page.goto(address);
    return page;
  };
  try {
    const page = await open(url, { colorScheme: "light" });
    const shot = async (name) => {
      for (const colorScheme of folder ? ["light", "dark"] : []) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(250);
        await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
      }
      await page.emulateMedia({ colorScheme: "light" });
    };
    assert.equal(page.url(), `${origin}/`, "the token stays in the address bar");
    if (what === "regression") {
      await inState(page, "training");
      await until("ten epochs", async () => /^\d\d+ of/.test(await page.locator("#epoch").innerText()));
      await until("a metric", async () => await drawn(page, "charts figure:nth-child(3)", 2) > 30);
      assert.deepEqual(await page.locator("#charts h3:visible").allInnerTexts(), ["Loss", "mae", "r2", "Learning rate"]);
      assert.match(await page.locator("#figures").innerText(), /Test mae\s+0\.\d+\s+best test 0\.\d+, epoch \d/);
      await page.evaluate(() => {
        window.told = [];
        new MutationObserver(() => window.told.push(document.getElementById("announce").textContent)).observe(document.getElementById("announce"), { childList: true });
      });
      const epoch = /^Epoch \d+: test loss [\d.e-]+, test mae [\d.e-]+, test r2 [\d.e-]+$/;
      await until("an epoch's result told", async () => (await page.evaluate(() => window.told)).some((text) => epoch.test(text)));
      const text = await page.evaluate(() => document.body.innerText);
      assert.ok(!/accurac|guess|nats|%/i.test(text), text);
      await page.setViewportSize({ width: 390, height: 844 });
      // The charts take their new width a moment after the window has its own.
      await until("a page as wide as a phone", () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await shot("regression");
      assert.deepEqual(problems, []);
      return;
    }

    // The curves come while the run trains; the rate is there to its end from the start.
    await inState(page, "training");
    const early = await until("training loss", () => drawn(page, "losses", 1));
    assert.ok(await until("the rate ahead", () => drawn(page, "rates", 3)) > 20);
    await until("three epochs", async () => /^[4-9] of/.test(await page.locator("#epoch").innerText()));
    const later = await drawn(page, "losses", 1);
    assert.ok(early > 20 && later > 100, `${early}, then ${later} pixels of training loss`);
    for (const [chart, line] of [["losses", 2], ["accuracies", 2], ["rates", 3]]) {
      const pixels = await drawn(page, chart, line);
      assert.ok(pixels > 50, `${pixels} pixels in ${chart}`);
    }
    assert.match(await page.locator("#speed").innerText(), /^[\d,]+$/);
    assert.match(await page.locator("#left").innerText(), /\d (s|min)$/);
    assert.match(await page.locator("#accuracy").innerText(), /^\d+\.\d\d%$/);
    await shot("training");

    // A switch of the legend takes its curve out of all charts, and puts it back.
    const away = async () => { // from the legend, which pales all but what is pointed at
      await page.mouse.move(5, 5);
      await page.evaluate(() => document.activeElement.blur());
    };
    const button = page.locator("#legend button", { hasText: "test" }).first();
    await button.click();
    await away();
    await until("no test curves", async () => await drawn(page, "losses", 2) + await drawn(page, "accuracies", 2) === 0);
    await until("the other curve", async () => await drawn(page, "losses", 1) > 100);
    await button.click();
    await away();
    await until("test curves again", async () => await drawn(page, "losses", 2) > 50);

    // A pause is one, the rate can be changed in it, and a viewer who comes now sees what was before.
    await page.locator("#pause").focus();
    await page.keyboard.press("Enter");
    await inState(page, "paused");
    const at = await step(page);
    await page.locator("#lr").fill("fast");
    await page.keyboard.press("Enter");
    assert.match(await page.locator("#said").innerText(), /“fast” is no rate/);
    await page.locator("#lr").fill("0.02");
    await page.keyboard.press("Enter");
    await until("the new rate", async () => (await page.locator("#rate").innerText()) === "0.02");
    await page.waitForTimeout(700);
    assert.equal(await step(page), at, "it trains on in a pause");
    await shot("paused");
    await axe(page, "paused");

    const guest = await open(origin, { colorScheme: "dark", viewport: { width: 390, height: 844 } });
    await inState(guest, "paused");
    assert.equal(await step(guest), at);
    await until("what was before", async () => await drawn(guest, "losses", 1) > 50);
    assert.equal(await guest.locator("#pause").isVisible(), false);
    await guest.locator("#token").fill("guess");
    await guest.keyboard.press("Enter");
    await guest.locator("#pause").click();
    await until("a refusal", async () => /not the token of this program/.test(await guest.locator("#said").innerText()));
    assert.ok(await guest.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a phone has to scroll sideways");
    if (folder) await guest.screenshot({ path: `${folder}/phone-dark.png`, fullPage: true });
    await inState(page, "paused");

    await page.locator("#pause").click();
    await inState(page, "training");
    await until("more steps", async () => await step(page) > at);
    const done = (await page.locator("#log li").allInnerTexts()).map((text) => text.replace(/epoch \d+/, "epoch"));
    assert.deepEqual(done, ["paused", "rate 0.02", "continued"].map((what) => `epoch, step ${at}: ${what}`));

    // Stopping asks once. The page keeps what it has drawn.
    await page.locator("#stop").click();
    await shot("sure");
    await page.keyboard.press("Escape");
    await until("more steps", async () => await step(page) > at + 3);
    await page.locator("#stop").click();
    await page.locator("#yes").click();
    await inState(page, "interrupted");
    await inState(guest, "interrupted");
    await page.waitForTimeout(400);
    assert.ok(await drawn(page, "losses", 1) > 100);
    assert.equal(await page.locator("#controls").isVisible(), false);
    await shot("stopped");
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
