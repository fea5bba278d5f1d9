// A search of 500 settings.

const soon = require("soon");
const { inState, shooter } = require("./page.js");

module.exports = async ({ open, url, folder }) => {
  const page = await open(url, { colorScheme: "light" });
  await inState(page, "training");
  const pages = page.locator("main .paging select").last(), names = page.locator("#legend .charts-names button");
  await soon.until("pages of 500 rows", async () => (await pages.locator("option").allInnerTexts()).at(-1) === "476–500 of 500");
  await soon.equal(() => page.locator("#rows tr").count(), 25);
  await soon.equal(() => page.locator("#searching").innerText(), "The search compares settings after these epochs: 3, 9, 27.");
  await soon.equal(() => page.locator("#over").innerText(), "499");
  await soon.equal(() => page.locator("#to-come").isVisible(), false);
  const best = page.locator("#rows tr:first-child");
  await soon.match(() => best.innerText(), /^1\s+lenet, SGD\(momentum=0\.9\), lr [\d.e-]+, batch 64\s+9\d\.\d\d%[^]*after 27 epochs, completed/);
  const first = await best.innerText();
  await pages.selectOption({ index: 19 });
  await soon.match(() => page.locator("#rows tr:last-child").innerText(), /epoch 26, 96 % done$/);
  await pages.selectOption({ index: 0 });
  await soon.equal(() => best.innerText(), first);
  await soon.until("the curves of the best", async () => await names.count() === 12);
  await shooter(page, folder)("search");
  await page.locator("#which").focus();
  await page.locator("#which").selectOption("all");
  await soon.equal(() => page.locator("#legend .paging option").last().innerText(), "476–500 of 500");
  await soon.equal(() => names.count(), 25);
  await soon.match(() => page.url(), /\?curves=all$/);
};
