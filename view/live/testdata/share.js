// A share of a study that is over, while others are not.

const look = require("look");
const soon = require("soon");
const { inState } = require("./page.js");

module.exports = async ({ open, url }) => {
  const page = await open(url);
  await inState(page, "completed");
  const text = (id) => page.locator(`#${id}`).innerText();
  await soon.equal(() => text("state"), "share 1 completed");
  await soon.equal(() => text("shares"), "This program trains share 1 of 4. Not completed: share 2 (0 of 1 run), share 4 (0 of 1 run).");
  await soon.equal(() => page.locator("#progress").evaluate((e) => e.value), 0.6);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator("#language").click();
  await inState(page, "completed");
  await soon.equal(() => text("state"), "第 1 份已完成");
  await look(page, "a share in Chinese");
};
