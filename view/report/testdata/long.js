// Tables of many rows are shown in pages: 60 settings of two seeds.

const assert = require("node:assert/strict");
const axe = require("axe");
const soon = require("soon");

module.exports = async function checkLong(browser, open, file) {
  const problems = [];
  const { context, page } = await open(browser, file, { locale: "en-US" }, problems);
  const written = (code) => page.waitForFunction((code) => document.body.dataset.written === code, code, { timeout: 60000 });
  await written("en");
  const part = (table) => {
    const around = page.locator(".wide", { has: page.locator(`table${table}`) }).locator("visible=true").first();
    const bar = around.locator("xpath=following-sibling::*[1]"), rows = around.locator("tbody tr:not(.group)");
    return { rows, select: bar.locator("select"), names: () => rows.locator("th").allTextContents() };
  };
  const dots = part(".dots:not(.pairs)"), pairs = part(".pairs"), sortable = part(".sortable");
  await soon.equal(() => dots.select.locator("option:checked").textContent(), "1–25 of 60");
  await soon.equal(() => dots.rows.count(), 25);
  const first = await dots.names();
  await dots.select.selectOption("2");
  await soon.equal(() => dots.rows.count(), 10);
  const rest = await dots.names();
  assert.equal(new Set([...first, ...rest]).size, 35);
  await soon.equal(() => dots.rows.first().locator("td").first().textContent(), "51");

  // Differences have the other 59 settings, and what has been turned to stays when colours change.
  await soon.equal(() => pairs.select.locator("option:checked").textContent(), "1–25 of 59");
  await pairs.select.selectOption("2");
  await soon.equal(() => pairs.rows.count(), 9);
  await page.locator("#colours").selectOption({ index: 1 });
  await soon.equal(() => pairs.rows.count(), 9);
  await soon.deepEqual(() => dots.names(), rest);

  // Groups are on the page where their rows are.
  await page.locator("#groups").selectOption({ index: 1 });
  await soon.equal(() => dots.rows.count(), 25);
  await soon.equal(() => page.locator("table.dots:not(.pairs) .group:visible").count(), 25);
  await page.locator("#groups").selectOption({ index: 0 });
  await soon.deepEqual(() => dots.names(), first);

  // Rows are sorted wherever they are, and read in the other language when they are shown.
  await soon.equal(() => sortable.select.locator("option").count(), 5);
  await sortable.select.selectOption("4");
  await soon.equal(() => sortable.rows.count(), 20);
  await page.locator("table.sortable th:nth-child(2) button").click();
  const seeds = () => sortable.rows.locator("td:nth-child(2)").allTextContents();
  await soon.deepEqual(async () => new Set(await seeds()), new Set(["2"]));
  await sortable.select.selectOption("4");
  await soon.deepEqual(async () => new Set(await seeds()), new Set(["1"]));
  const ends = () => sortable.rows.locator("td:last-child").allTextContents();
  await page.locator("#language").click();
  await written("zh");
  await soon.deepEqual(async () => new Set(await ends()), new Set(["已完成"]));
  await sortable.select.selectOption("0");
  await soon.deepEqual(async () => new Set(await ends()), new Set(["已完成"]));
  await page.locator("#language").click();
  await written("en");
  await sortable.select.selectOption("1");
  await soon.deepEqual(async () => new Set(await ends()), new Set(["completed"]));

  // Printed pages have all rows.
  await page.evaluate(() => {
    addEventListener("beforeprint", () => {
      window.printed = ["dots:not(.pairs)", "sortable"].map((c) => document.querySelectorAll(`table.${c} tbody tr`).length);
    });
  });
  await page.pdf();
  const printed = await page.evaluate(() => window.printed);
  assert.equal(printed[0] % 60, 0);
  assert.equal(printed[1], 120);
  await soon.equal(() => sortable.rows.count(), 25);
  await axe(page, "tables of many rows");
  assert.deepEqual(problems, []);
  await context.close();

  // Without a script all rows are there.
  const { context: plain, page: still } = await open(browser, file, { javaScriptEnabled: false }, []);
  for (const [table, n] of [[".dots:not(.pairs)", 60], [".pairs", 59], [".sortable", 120]]) {
    await soon.equal(() => still.locator(`table${table} tbody`).locator("visible=true").first().locator("tr:visible").count(), n);
  }
  await plain.close();
};
