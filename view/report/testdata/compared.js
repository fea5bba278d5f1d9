// Looks at a page that compares settings: each of its controls, in both languages and schemes, and without a script.

const assert = require("node:assert/strict");
const axe = require("axe");
const soon = require("soon");

const palette = { light: ["rgb(0, 114, 178)", "rgb(213, 94, 0)"], dark: ["rgb(63, 163, 232)", "rgb(255, 132, 66)"] };

// english returns the texts of the page that are not in Chinese. What is named by its readers is none of them.
function english() {
  const found = new Set(), nodes = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const others = "[translate=no], script, style, code, noscript, .chart, .charts-legend, #language, h1";
  const named = /^(lenet|mlp|wide|deep|wild)/; // runs
  const chinese = (text) => !/[A-Za-z]{2,}/.test(text) || /\p{Script=Han}/u.test(text);
  const take = (text) => chinese(text) || named.test(text) || found.add(text.trim());
  while (nodes.nextNode()) nodes.currentNode.parentElement.closest(others) || take(nodes.currentNode.data);
  for (const e of document.querySelectorAll("main *")) {
    if (e.closest("[translate=no], .chart, .charts-legend")) continue;
    for (const name of ["aria-label", "title", "alt", "placeholder"]) take(e.getAttribute(name) ?? "");
  }
  return [...found];
}

const written = (page, code) => page.waitForFunction((code) => document.body.dataset.written === code, code, { timeout: 60000 });

async function checkCompared(browser, open, file, colorScheme, locale) {
  const problems = [];
  const { context, page } = await open(browser, file, { colorScheme, locale }, problems);
  const code = locale.slice(0, 2);
  await written(page, code);
  const rows = (table) => page.locator(`${table} tbody tr:not(.group)`);
  const names = () => rows("table.dots:not(.pairs)").locator("th").allTextContents();
  const colours = () => rows("table.dots:not(.pairs)").evaluateAll((list) => list.map((row) => getComputedStyle(row.querySelector("circle")).fill));

  // The best is first, and colours are those of the models.
  await soon.equal(async () => (await names())[0], "lenet-bn, lr 0.1");
  const ranked = await names();
  const ofModels = ranked.map((name) => palette[colorScheme][name.startsWith("lenet-bn") ? 1 : 0]);
  await soon.deepEqual(() => colours(), ofModels);
  await soon.equal(() => page.locator("#levels span").count(), 2);

  // Another factor has other colours, one for each level; none has one colour.
  await page.locator("#colours").selectOption({ index: 2 });
  await soon.equal(async () => new Set(await colours()).size, 4);
  const ofRates = await colours();
  assert.equal(ofRates[0], ofRates[ranked.indexOf("lenet, lr 0.1")]);
  await page.locator("#colours").selectOption({ index: 0 });
  await soon.equal(async () => new Set(await colours()).size, 1);
  await soon.ok(() => page.locator("#levels").isHidden());

  // Groups have heads, and keep the order of the ranks.
  await page.locator("#groups").selectOption({ index: 1 });
  const heads = page.locator("table.dots:not(.pairs) .group");
  await soon.equal(() => heads.count(), 2);
  await soon.match(() => heads.first().textContent(), code === "en" ? /^model: lenet$/ : /^模型: lenet$/);
  await soon.deepEqual(async () => (await names()).slice(4), ranked.filter((name) => name.startsWith("lenet-bn")));
  await soon.equal(() => page.locator("table.pairs .group").count(), 2);
  await page.locator("#groups").selectOption({ index: 0 });
  await soon.deepEqual(() => names(), ranked);

  // Differences from another setting, chosen by the keyboard. The numbers are SciPy's, of ttest_rel.
  const rowOf = (name) => rows("table.pairs").filter({ has: page.locator("th", { hasText: new RegExp(`^${name}$`) }) });
  const difference = (name) => rowOf(name).locator("td").nth(1).textContent();
  await soon.equal(() => difference("lenet, lr 0.01"), "−1.12 ± 0.05");
  await page.locator("#reference").focus();
  await page.keyboard.press("ArrowDown");
  await soon.equal(() => difference("lenet, lr 0.01"), "−1.00 ± 0.19");
  await soon.equal(() => difference("lenet-bn, lr 0.1"), "+0.12 ± 0.14");
  await soon.equal(() => page.locator("table.pairs circle").count(), 7);
  await soon.equal(() => page.locator("table.pairs td.certain").count(), 4);

  // What was chosen is in the address.
  await page.locator("#colours").selectOption({ index: 2 });
  await page.reload();
  await written(page, code);
  await soon.equal(async () => new Set(await colours()).size, 4);

  // The other language and back: every text changes, and each comes back as it was.
  const text = () => page.evaluate(() => document.querySelector("main").textContent);
  await page.waitForFunction(() => !charts.busy());
  const before = await text();
  const other = code === "en" ? "zh" : "en";
  await page.locator("#language").click();
  await written(page, other);
  await soon.equal(() => page.evaluate(() => document.documentElement.lang), other === "zh" ? "zh-CN" : "en");
  await soon.notEqual(() => text(), before);
  await page.locator("#language").click();
  await written(page, code);
  await soon.equal(() => text(), before);
  if (code === "zh") {
    await soon.deepEqual(() => page.evaluate(english), []);
    await soon.equal(() => page.locator("h1").innerText(), "8 组设置，共 24 次训练");
  }

  await axe(page, `compared, ${locale}`);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  assert.deepEqual(problems, []);
  await context.close();
}

// Without a script the ranked table is there, with its dots, and nothing that cannot be used.
async function checkPlain(browser, open, file) {
  const { context, page } = await open(browser, file, { javaScriptEnabled: false }, []);
  await soon.equal(() => page.locator("table.dots:not(.pairs) tbody tr").count(), 8);
  await soon.equal(() => page.locator("table.dots:not(.pairs) circle").count(), 23);
  await soon.equal(() => page.locator("table.pairs tbody tr").first().locator("td").nth(1).textContent(), "−0.12 ± 0.14");
  await soon.ok(() => page.locator("#controls").isHidden());
  await soon.ok(() => page.locator("#language").isHidden());
  await context.close();
}

// In Chinese, no page about runs of any kind has an English text.
async function checkWords(browser, open, file) {
  const problems = [];
  const { context, page } = await open(browser, file, { locale: "zh-CN" }, problems);
  await written(page, "zh");
  await soon.deepEqual(() => page.evaluate(english), [], file);
  assert.deepEqual(problems, []);
  await context.close();
}

module.exports = { checkCompared, checkPlain, checkWords };
