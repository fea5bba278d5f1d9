// A search of 500 settings.

const { assert, until, inState, shooter } = require("./page.js");

module.exports = async ({ open, url, folder }) => {
  const page = await open(url, { colorScheme: "light" });
  await inState(page, "training");
  await until("500 rows", async () => await page.locator("#rows tr").count() === 500);
  assert.equal(await page.locator("#searching").innerText(), "The search compares settings after these epochs: 3, 9, 27.");
  assert.equal(await page.locator("#over").innerText(), "499");
  assert.equal(await page.locator("#to-come").isVisible(), false);
  const first = await page.locator("#rows tr:first-child").innerText();
  assert.match(first, /^1\s+lenet, SGD\(momentum=0\.9\), lr [\d.e-]+, batch 64\s+9\d\.\d\d%/);
  assert.match(first, /after 27 epochs, completed/);
  const names = page.locator("#legend .charts-names button");
  await until("the curves of the best", async () => await names.count() === 12);
  await shooter(page, folder)("search");
  await page.locator("#which").focus();
  await page.locator("#which").selectOption("all");
  await until("all curves", async () => await names.count() === 500);
  assert.match(page.url(), /\?curves=all$/);
};
