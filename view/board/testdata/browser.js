// Uses the board in Chromium and checks what it draws. Arguments: the page's URL with the token, the folder of the runs, that of a
// run which moves there while the page is open, and, if screenshots are wanted, a folder for them. Needs playwright-core and Chromium,
// whose path is in CHROMIUM.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const { chromium } = require("playwright-core");
const axe = require("axe");
const look = require("look");
const soon = require("soon");

const [url, runs, another, folder] = process.argv.slice(2);
const origin = new URL(url).origin;

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const problems = [];
  const open = async (address, options) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    context.on("page", (page) => {
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) problems.push(`asks ${request.url()}`);
      });
    });
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
  const shot = async (page, name) => {
    for (const colorScheme of folder ? ["light", "dark"] : []) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/board-${name}-${colorScheme}.png` });
    }
    await page.emulateMedia({ colorScheme: "light" });
  };
  const names = (page) => page.locator("#rows th > span").allInnerTexts();
  const count = (page, n) => soon.until(`${n} rows`, async () => (await page.locator("#rows tr").count()) === n);
  const counted = (page, text) => soon.until(text, async () => (await page.locator("#count").innerText()) === text);
  const button = (row, text) => row.locator("button", { hasText: text }).locator("visible=true").first();
  try {
    const page = await open(url, { colorScheme: "light" });
    const rows = page.locator("#rows");
    await counted(page, "500 runs");
    await count(page, 25);
    assert.equal(page.url(), `${origin}/`, "the token stays in the address bar");
    await soon.ok(() => page.evaluate(() => document.querySelector("polyline").getBBox().height > 5), "no curve");
    const colour = await page.evaluate(() => getComputedStyle(document.querySelector("polyline")).stroke);
    await soon.match(() => page.locator("#study-list").innerText(), /^trials\s+0 runs begun\s/); // how many there will be is not known
    await shot(page, "wide");

    // Columns sort by their heads, with the keyboard too, and say so.
    await page.locator(".h-test button").focus();
    await page.keyboard.press("Enter");
    await soon.equal(() => page.locator(".h-test").getAttribute("aria-sort"), "descending");
    await soon.until("the best first", async () => (await names(page))[0] === "run-499");
    await page.locator(".h-name button").click();
    await soon.until("A first", async () => (await names(page))[0] === "a note on this one");

    // The other rows are on pages of their own, and another order begins with the first.
    const last = (await names(page)).at(-1);
    await page.locator(".paging button").last().click();
    await soon.ok(async () => (await names(page))[0] > last);
    await soon.equal(() => page.locator(".paging option:checked").innerText(), "26–50 of 500");
    await axe(page, "the second page");
    await page.locator(".h-name button").click();
    await soon.until("Z first", async () => (await names(page))[0] === "run-499");
    await page.locator(".h-name button").click();
    await soon.until("A first", async () => (await names(page))[0] === "a note on this one");
    await count(page, 25);

    // Words filter, and the address has them. A tag is a filter.
    await page.locator("#filter").fill("adam run-4");
    await counted(page, "50 of 500 runs");
    await soon.match(() => page.url(), /filter=adam\+run-4/);
    await page.locator("#filter").fill("nowhere");
    await soon.until("a word about none", () => page.locator("#empty").isVisible());
    await page.locator("#filter").fill("a note");
    await button(rows, "paper").click();
    await soon.equal(() => page.locator("#filter").inputValue(), "#paper");
    await count(page, 1);
    await page.locator("#filter").fill("");
    await page.locator("#states").selectOption("damaged");
    await count(page, 1);
    await soon.match(() => rows.innerText(), /damaged[^]*config\.json: got "\{"/);
    await soon.equal(() => rows.locator(".tick input").isDisabled(), true);
    await page.locator("#states").selectOption("");

    // Ticked runs are compared in a report.
    await soon.equal(() => page.locator("#compare").getAttribute("href"), null);
    await page.locator("#filter").fill("run-00");
    await count(page, 10);
    await rows.locator(".tick input").nth(1).focus();
    await page.keyboard.press("Space");
    await rows.locator(".tick input").nth(2).check();
    await soon.equal(() => page.locator("#compare").innerText(), "Compare 2 runs");
    await shot(page, "ticked");
    await axe(page, "ten runs");
    const [report] = await Promise.all([page.context().waitForEvent("page"), page.locator("#compare").click()]);
    await report.waitForSelector("canvas");
    await soon.match(() => report.locator("h1").innerText(), /^2 runs of 2 settings$/);
    await report.close();
    await page.locator("#none").click();
    await soon.equal(() => rows.locator("input:checked").count(), 0);

    // A run gets a name and tags with the keyboard. Escape changes nothing.
    await button(rows, "Name").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("no");
    await page.keyboard.press("Escape");
    await button(rows, "Name").focus();
    await page.keyboard.press("Enter");
    await soon.equal(() => page.locator("#note").inputValue(), "a note on this one");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("named <b>here</b> 名");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("one, two");
    await shot(page, "naming");
    await axe(page, "naming");
    await page.keyboard.press("Enter");
    await soon.until("the name", async () => (await names(page)).includes("named <b>here</b> 名"));
    await soon.deepEqual(() => page.locator(".tags button").allInnerTexts(), ["one", "two"]);

    // Deleting asks, and moves the folder.
    const victim = rows.locator("tr", { hasText: "run-003" });
    await button(victim, "Delete").click();
    await shot(page, "sure");
    await page.locator("#sure button[value=no]").click();
    await soon.equal(() => victim.count(), 1);
    await button(victim, "Delete").click();
    await page.locator("#sure button[value=yes]").click();
    await soon.until("a row less", async () => (await victim.count()) === 0);
    await soon.match(() => page.locator("#said").innerText(), /run-003 is now .*\.deleted.run-003/);
    assert.ok(fs.existsSync(`${runs}/.deleted/run-003/config.json`) && !fs.existsSync(`${runs}/run-003`));

    // A run that begins appears, also on a phone.
    const phone = await open(url, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
    await counted(phone, "499 runs");
    await soon.notEqual(() => phone.evaluate(() => getComputedStyle(document.querySelector("polyline")).stroke), colour, "one colour in both schemes");
    fs.renameSync(another, `${runs}/run-new`);
    await page.locator("#filter").fill("run-new");
    for (const p of [page, phone]) await soon.until("the new run", async () => (await names(p)).includes("run-new"));
    await phone.locator("#order").selectOption("test:down");
    await soon.until("the best first", async () => (await names(phone))[0] === "run-499");
    await phone.locator(".tick label").first().tap();
    await soon.equal(() => phone.locator("#compare").innerText(), "Open the report");
    await phone.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
    // The page speaks Chinese on request, and where the browser does.
    await phone.locator("#language").tap();
    await soon.equal(() => phone.locator("h1").innerText(), "训练记录");
    await soon.until("rows in Chinese", async () => /已完成/.test(await phone.locator("#rows").innerText()));
    await look(phone, "a phone in Chinese");
    await soon.match(() => phone.url(), /lang=zh/);
    const chinese = await open(url, { locale: "zh-CN" });
    await soon.until("rows in Chinese", async () => /已完成/.test(await chinese.locator("#rows").innerText()));
    const own = /run-\w+|lenet|trials|SGD\(lr=0.1\)|Adam\(\)|English|one|two|named <b>here<.b>|board|metrics.jsonl|config.json[^]*?JSON input/g;
    const chineseText = (await chinese.locator("main").innerText()).replaceAll(runs, "").replaceAll(own, "");
    assert.doesNotMatch(chineseText, /[a-z]{4}/i, "English words on the Chinese page");
    if (folder) await phone.screenshot({ path: `${folder}/board-phone-dark.png` });
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
