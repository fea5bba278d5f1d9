// A search of 500 settings.

const { assert, until, inState, shooter } = require("./page.js");

module.exports = async ({ open, url, folder }) => {
  const page = await open(url, { colorScheme: "light" });
  await inState(page, "training");
  const pages = page.locator(".paging select");
  await until("pages of 500 rows", async () => (await pages.locator("option").allInnerTexts()).at(-1) === "476–500 of 500");
  assert.equal(await page.locator("#rows tr").count(), 25);
  assert.equal(await page.locator("#searching").innerText(), "The search compares settings after these epochs: 3, 9, 27.");
  assert.equal(await page.locator("#over").innerText(), "499");
  assert.equal(await page.locator("#to-come").isVisible(), false);
  const first = await page.locator("#rows tr:first-child").innerText();
  assert.match(first, /^1\s+lenet, SGD\(momentum=0\.9\), lr [\d.e-]+, batch 64\s+9\d\.\d\d%/);
  assert.match(first, /after 27 epochs, completed/);
  await pages.selectOption({ index: 19 });
  assert.match(await page.locator("#rows tr:last-child").innerText(), /epoch 26, 96 % done$/);
  await pages.selectOption({ index: 0 });
  assert.equal(await page.locator("#rows tr:first-child").innerText(), first);
  const names = page.locator("#legend .charts-names button");
  await until("the curves of the best", async () => await names.count() === 12);
  await shooter(page, folder)("search");
  await page.locator("#which").focus();
  await page.locator("#which").selectOption("all");
  await until("all curves", async () => await names.count() === 500);
  assert.match(page.url(), /\?curves=all$/);
};
