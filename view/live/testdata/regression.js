// A run without classes: its loss and metrics, and no word of accuracies.

const soon = require("soon");
const { assert, drawn, inState, fits, shooter } = require("./page.js");

module.exports = async ({ open, url, folder }) => {
  const page = await open(url, { colorScheme: "light" });
  await inState(page, "training");
  await soon.until("ten epochs", async () => /^\d\d+ of/.test(await page.locator("#epoch").innerText()));
  await soon.until("a metric", async () => await drawn(page, "charts figure:nth-child(3)", 2) > 30);
  await soon.deepEqual(() => page.locator("#charts h3:visible").allInnerTexts(), ["Loss", "mae", "r2", "Learning rate"]);
  await soon.match(() => page.locator("#figures").innerText(), /Test mae\s+0\.\d+\s+best test 0\.\d+, epoch \d/);
  await page.evaluate(() => {
    window.told = [];
    new MutationObserver(() => window.told.push(document.getElementById("announce").textContent)).observe(document.getElementById("announce"), { childList: true });
  });
  const epoch = /^Epoch \d+: test loss [\d.e-]+, test mae [\d.e-]+, test r2 [\d.e-]+$/;
  await soon.until("an epoch's result told", async () => (await page.evaluate(() => window.told)).some((text) => epoch.test(text)));
  const text = await page.evaluate(() => document.body.innerText);
  assert.ok(!/accurac|guess|nats|%/i.test(text), text);
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shooter(page, folder)("regression");
};
