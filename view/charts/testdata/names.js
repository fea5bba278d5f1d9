// A legend of many names shows them in pages, checked in Chromium.

const assert = require("node:assert/strict");
const axe = require("axe");
const soon = require("soon");

// In the page: sixty settings, of which the second has two seeds.
function build() {
  document.getElementById("legend").before(Object.assign(document.createElement("h1"), { textContent: "Charts" }));
  const get = (id) => document.getElementById(id), x = [1, 2, 3], lines = [];
  for (let n = 1; n <= 60; n++) lines.push({ name: `setting ${n}`, seed: 1, x, y: x.map((e) => (1 + n / 4) / e) });
  lines.push({ name: "setting 2", seed: 2, x, y: x });
  window.board = new charts.Board({ legend: get("legend"), say: (text) => ({ "setting 7": "第七组" })[document.documentElement.lang === "zh-CN" && text] });
  window.loss = board.add(get("loss"), { title: "Loss", x: "epoch", y: "nats", lines });
}

module.exports = async function names(browser, file, folder) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 700 } });
  const page = await context.newPage(), problems = [];
  page.on("pageerror", (error) => problems.push(error.stack));
  await page.goto("file://" + file);
  await page.evaluate(build);
  const list = page.locator(".charts-names button"), paging = page.locator(".charts-legend .paging");
  const shown = async () => (await list.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
  const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => `setting ${from + i}${from + i === 2 ? " 2 seeds" : ""}`);
  const range = () => paging.locator("option:checked").innerText();
  const off = () => page.evaluate(() => [...board.names.values()].filter((e) => !e.on).length);

  await soon.deepEqual(shown, numbers(1, 25));
  await soon.equal(range, "1–25 of 60");
  await axe(page, "a legend of sixty names");
  await paging.getByText("Next").click();
  await soon.deepEqual(shown, numbers(26, 50));
  await list.first().click();
  await soon.equal(off, 1);
  await paging.getByText("Previous").click();
  await paging.getByText("Next").click();
  await soon.equal(() => list.first().getAttribute("aria-pressed"), "false", "what is chosen stays");

  // The field finds names of all pages, from the first; what is found is switched at once.
  const field = page.locator(".charts-legend input");
  await field.fill("NG 1");
  await soon.deepEqual(shown, [...numbers(1, 1), ...numbers(10, 19)]);
  assert.ok(await paging.isHidden());
  await page.locator(".charts-legend button", { hasText: "none" }).click();
  await soon.equal(off, 12);
  await soon.equal(() => page.evaluate(() => loss.curves.filter((c) => !board.shows(c)).length), 12);
  await field.fill("no such");
  await soon.deepEqual(shown, []);
  await field.fill("");
  await soon.deepEqual(shown, numbers(1, 25));
  await soon.equal(() => list.nth(9).getAttribute("aria-pressed"), "false");

  // A name that comes takes the focus from none; seeds are counted.
  await list.nth(4).focus();
  await page.evaluate(() => {
    loss.append({ name: "setting 61" }, 1, 3);
    loss.append({ name: "setting 5", seed: 2 }, 1, 3);
  });
  await soon.equal(() => paging.locator("option").last().innerText(), "51–61 of 61");
  await soon.equal(() => page.evaluate(() => document.activeElement.textContent), "setting 52 seeds");

  // Names are found in the language of the page.
  await page.evaluate(() => { document.documentElement.lang = "zh-CN"; });
  await soon.equal(range, "1–25，共 61 项");
  await field.fill("七");
  await soon.deepEqual(shown, ["第七组"]);
  await page.evaluate(() => { document.documentElement.lang = "en"; });
  await soon.deepEqual(shown, []);
  await field.fill("");

  // Printed pages have all of those that are shown.
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await soon.equal(() => list.count(), 61);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await soon.equal(() => list.count(), 25);
  await page.emulateMedia({ media: "screen" });
  for (const colorScheme of folder ? ["light", "dark"] : []) {
    for (const width of [1100, 390]) {
      await page.setViewportSize({ width, height: 700 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/charts-names-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
  assert.deepEqual(problems, []);
  await context.close();
};
