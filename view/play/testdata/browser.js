// Plays in Chromium, and checks what the page draws. Arguments: the page's URL, "served" or "exported", and, if
// screenshots are wanted, a folder for them. Needs playwright-core and Chromium, whose path is in CHROMIUM.

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const axe = require("axe");
const look = require("look");
const soon = require("soon");

const [url, what, folder] = process.argv.slice(2);
const origin = new URL(url).origin;

// colours counts the colours of a side's picture.
const colours = (page, side) => page.evaluate((side) => {
  const canvas = document.querySelector(`.${side} .picture`), seen = new Set();
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]} ${data[i + 1]} ${data[i + 2]}`);
  return seen.size;
}, side);

const text = (page, selector) => page.locator(selector).first().innerText();
const step = async (page) => Number((await text(page, ".a .speed")).match(/[\d,]+/)[0].replace(/,/g, ""));
const hash = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1));

// choose chooses a value of a select, and returns what the page says is wrong once it has drawn the answer.
const choose = (page, selector, value) => page.evaluate(([selector, value]) => new Promise((done) => {
  const select = document.querySelector(selector);
  if (select.value === value) return done("");
  new MutationObserver((_, o) => {
    o.disconnect();
    done(document.querySelector("#problem").textContent);
  }).observe(document.querySelector(".a .speed"), { childList: true }); // which every drawing writes
  select.value = value;
  select.dispatchEvent(new Event("change"));
}), [selector, value]);

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const problems = [];
  const open = async (address, options) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, locale: "en-US", ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) problems.push(`asks ${request.url()}`);
    });
    await page.goto(address);
    await begun(page);
    return page;
  };
  const begun = (page) => soon.until("a first frame", async () => /\d/.test(await text(page, ".b .test-loss").catch(() => "")));
  const shot = async (page, name) => {
    for (const colorScheme of folder ? ["light", "dark"] : []) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${folder}/play-${what}-${name}-${colorScheme}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "light" });
  };
  const wide = (page) => page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  try {
    const page = await open(`${url}#epochs=5000&a.norm=none&b.norm=batch`);
    const well = async (name) => await soon.equal(async () => await page.locator("#problem").isVisible() && (await text(page, "#problem")), false, name);

    // Run, pause, step, reset.
    await soon.equal(() => step(page), 0);
    await page.click("#step");
    await soon.until("a step", async () => (await step(page)) === 1);
    await page.click("#run");
    await soon.until("steps", async () => (await step(page)) > 20);
    await page.keyboard.press("Tab");
    await page.click("#run");
    await soon.equal(() => text(page, "#run"), "Run");
    await page.click("h1");
    let at = -1;
    await soon.until("a rest", async () => { // the steps under way come first
      const before = at;
      await page.waitForTimeout(200);
      at = await step(page);
      return at === before;
    });
    await page.keyboard.press("s");
    await soon.until("a step by the keyboard", async () => (await step(page)) === at + 1);
    await soon.ok(async () => (await colours(page, "b")) > 50, "the plane has colours");
    await page.click("#reset");
    await soon.until("a reset", async () => (await step(page)) === 0);

    // Lessons.
    await page.selectOption("#lessons", "depth");
    await soon.until("depth 10", async () => (await page.locator(".a tbody tr").count()) === 11);
    await page.selectOption("#speed", "0");
    await page.click("#run");
    await soon.until("the end of the run", async () => (await text(page, "#place")) === "epoch 60 of 60");
    const accuracy = async (side) => parseFloat(await text(page, `.${side} .test-accuracy`));
    await soon.ok(async () => (await accuracy("a")) < 60 && (await accuracy("b")) > 95, `${await accuracy("a")}, ${await accuracy("b")}`);
    await shot(page, "depth");
    await axe(page, "depth");
    for (let i = 0; i < 10; i++) {
      await page.click("#next");
      await well("a lesson");
      await soon.until("its first frame", async () => (await step(page)) === 0);
    }
    await page.selectOption("#lessons", "drop");

    // The schedule's points, by mouse and by keyboard, while it trains.
    await page.selectOption("#speed", "1");
    await page.click("#run");
    const spec = () => page.locator(".b [name=spec]").inputValue();
    await soon.equal(() => spec(), "StepLR(step_size=30, gamma=0.1)");
    const point = page.locator(".b .handle").nth(1);
    const stepSize = async () => Number((await spec()).match(/step_size=(\d+)/)[1]);
    await soon.until("a dragged point", async () => { // what a frame says may move the page under the mouse
      await point.evaluate((e) => e.scrollIntoView({ block: "center" }));
      const box = await point.boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x - 60, box.y + box.height / 2, { steps: 4 });
      await page.mouse.up();
      return (await stepSize()) !== 30;
    });
    const dragged = await stepSize();
    assert.ok(dragged > 5 && dragged < 28, await spec());
    await point.focus();
    await page.keyboard.press("ArrowRight");
    await soon.match(() => spec(), new RegExp(`step_size=${dragged + 1},`));
    await soon.until("the address", async () => hash(page).get("b.schedule") === (await spec()));
    for (const kind of await page.locator(".b [name=kind] option").evaluateAll((all) => all.map((o) => o.value))) {
      if (kind === "other") continue;
      const course = () => page.locator(".b .ahead").getAttribute("d"), before = await course();
      await page.selectOption(".b [name=kind]", kind);
      await soon.until(`the curve of ${kind}`, async () => (await course()) !== before);
      await well(kind);
      await soon.equal(() => page.locator(".b [name=kind]").inputValue(), kind, await spec());
    }
    await page.locator(".b [name=spec]").fill("FooLR(1)");
    await page.keyboard.press("Enter");
    await soon.until("what is wrong", async () => /there is no schedule "FooLR"/.test(await text(page, "#problem")));
    await page.locator(".b [name=spec]").fill("PolynomialLR(60)");
    await page.keyboard.press("Enter");
    await soon.until("all is well", async () => !(await page.locator("#problem").isVisible()));

    // Every control: each word, and of numbers the largest and then the smallest, so that the network stays small. A
    // batch of 1 does not go with batch normalization.
    await page.click("#run");
    assert.equal(await choose(page, ".a [name=norm]", "none"), "");
    const selects = await page.locator("#shared select, .a .settings select").evaluateAll((all) => all.map((s) => [
      s.closest("#shared") ? "#shared" : ".a", s.name, [...s.options].map((o) => o.value),
    ]));
    assert.equal(selects.length, 13);
    for (const [where, name, values] of selects) {
      for (const value of Number.isFinite(Number(values[0])) ? [values.at(-1), values[0]] : values) {
        assert.equal(await choose(page, `${where} [name=${name}]`, value), "", `${name} ${value}`);
      }
      if (name === "norm") await choose(page, ".a [name=norm]", "none");
      if (name === "data") await choose(page, "#shared [name=data]", "xor");
    }
    assert.equal(await choose(page, "#shared [name=data]", "digits"), "");
    await soon.until("digits", async () => (await colours(page, "a")) > 3);
    await page.locator(".a [name=rate]").press("ArrowRight");

    // What is in the address comes back.
    await soon.until("the address", async () => hash(page).get("a.rate") === (await text(page, ".a output")));
    assert.equal(hash(page).get("data"), "digits");
    const rate = await text(page, ".a output");
    await page.reload();
    await begun(page);
    await soon.equal(() => page.locator("#shared [name=data]").inputValue(), "digits");
    await soon.equal(() => text(page, ".a output"), rate);

    // On a phone, by touch, in Chinese.
    const phone = await open(url + "#lesson=two", {
      viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "zh-CN",
    });
    await soon.equal(() => phone.evaluate(() => document.documentElement.lang), "zh-CN");
    await soon.equal(() => text(phone, "#run"), "运行");
    await wide(phone);
    await phone.tap("#run");
    await soon.until("steps on a phone", async () => (await phone.locator(".a .speed").innerText()).match(/第 [1-9]/));
    await shot(phone, "phone");
    await look(phone, "a phone in Chinese");
    await phone.tap("#language");
    await soon.until("English", async () => /^(Pause|Run)$/.test(await text(phone, "#run")));
    await wide(phone);
    await wide(page);
    const refused = problems.filter((p) => /400 \(Bad Request\)/.test(p));
    assert.equal(refused.length, what === "served" ? 1 : 0, "the server refuses FooLR and nothing else");
    assert.deepEqual(problems.filter((p) => !refused.includes(p)), []);

    // The page tells how far the side is that goes on.
    await page.goto("about:blank");
    await page.goto(`${url}#lesson=norm&speed=0`);
    await begun(page);
    await page.click("#run");
    await soon.until("the end of B alone", async () => (await text(page, "#place")) === "epoch 100 of 100");
    await soon.match(() => text(page, ".a .notice"), /no longer a finite number/);

    // Another language has the same charts.
    const charts = await page.locator(".chart-plot").elementHandles();
    await page.click("#language");
    await soon.until("charts in Chinese", async () => (await text(page, "#charts h3")) === "损失");
    for (const chart of charts) await soon.ok(() => chart.evaluate((e) => e.isConnected), "a chart was made again");
    await page.selectOption("#shared [name=data]", "sine");
    await soon.until("no accuracies", async () => !(await page.locator("#charts figure").nth(1).isVisible()));
    await look(page, "Chinese");

    // A side that cannot begin keeps the page from running, and says why.
    await page.goto("about:blank");
    await page.goto(`${url}#b.rate=-1`);
    await soon.until("what is wrong", async () => /rate -1: want 0 to 1000/.test(await text(page, "#problem")));
    await page.click("#run");
    await soon.until("a pause", async () => (await text(page, "#run")) === "Run");
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
