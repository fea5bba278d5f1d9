// Turns the pages of a table in Chromium. Arguments: the page's file and, if screenshots are wanted, a folder for them.

const assert = require("node:assert/strict");
const { join } = require("node:path");
const { chromium } = require("playwright-core");
const axe = require("axe");
const soon = require("soon");

const [file, folder] = process.argv.slice(2);

// build makes a table of n rows, which window.set changes.
function build() {
  const body = document.querySelector("tbody"), around = document.getElementById("around");
  const rows = Array.from({ length: 60 }, (_, i) => {
    const row = document.createElement("tr");
    row.insertCell().textContent = `row ${i + 1}`;
    return row;
  });
  let n = rows.length;
  const fill = () => body.replaceChildren(...pages.part(rows.slice(0, n)));
  const pages = new paging.Pages(around, fill);
  window.set = (rows) => {
    n = rows;
    fill();
  };
  window.pages = pages;
  fill();
}

async function check(page) {
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(`file://${file}`);
  await page.evaluate(build);
  const shown = () => page.locator("tbody tr:visible").evaluateAll((rows) => [rows[0].textContent, rows.at(-1).textContent, rows.length]);
  const bar = page.getByRole("group", { name: "Pages" }), select = bar.locator("select");
  const [previous, next] = ["Previous", "Next"].map((name) => bar.getByRole("button", { name }));
  await soon.deepEqual(() => shown(), ["row 1", "row 25", 25]);
  await soon.deepEqual(() => select.locator("option").allTextContents(), ["1–25 of 60", "26–50 of 60", "51–60 of 60"]);
  await soon.equal(() => previous.getAttribute("aria-disabled"), "true");
  await axe(page, "a table of 60 rows");
  if (folder) await page.screenshot({ path: join(folder, "paging.png") });

  await page.evaluate(() => { document.getElementById("around").scrollTop = 300; });
  await next.click();
  await soon.deepEqual(() => shown(), ["row 26", "row 50", 25]);
  await soon.equal(() => page.evaluate(() => document.getElementById("around").scrollTop), 0);
  await soon.equal(() => select.inputValue(), "1");
  await next.press("Enter");
  await soon.deepEqual(() => shown(), ["row 51", "row 60", 10]);
  await soon.equal(() => next.getAttribute("aria-disabled"), "true");
  await soon.ok(() => next.evaluate((b) => b === document.activeElement), "the button keeps the focus");
  await next.press("Enter"); // which does nothing
  await soon.deepEqual(() => shown(), ["row 51", "row 60", 10]);
  await previous.click();
  await soon.deepEqual(() => shown(), ["row 26", "row 50", 25]);
  await select.selectOption("0");
  await soon.deepEqual(() => shown(), ["row 1", "row 25", 25]);

  // Fewer rows have fewer pages, and those that fit on one have no controls.
  await select.selectOption("2");
  await page.evaluate(() => window.set(30));
  await soon.deepEqual(() => shown(), ["row 26", "row 30", 5]);
  await page.evaluate(() => window.set(25));
  await soon.deepEqual(() => shown(), ["row 1", "row 25", 25]);
  await soon.ok(async () => !await bar.isVisible());
  await page.evaluate(() => window.set(60));
  await next.click();
  await page.evaluate(() => {
    pages.first();
    window.set(60);
  });
  await soon.deepEqual(() => shown(), ["row 1", "row 25", 25]);

  // The other language.
  await page.evaluate(() => { document.documentElement.lang = "zh-CN"; });
  await page.getByRole("group", { name: "分页" }).getByRole("button", { name: "下一页" }).click();
  await soon.equal(() => page.locator("option:checked").textContent(), "26–50，共 60 项");

  // A printer gets all rows, and then the page is as it was.
  await page.evaluate(() => {
    addEventListener("beforeprint", () => { window.printed = document.querySelectorAll("tbody tr").length; });
  });
  await page.pdf();
  await soon.equal(() => page.evaluate(() => window.printed), 60);
  await soon.deepEqual(() => shown(), ["row 26", "row 50", 25]);
  assert.deepEqual(problems, []);
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  try {
    await check(await browser.newPage());
  } finally {
    await browser.close();
  }
})();
