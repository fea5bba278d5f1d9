// A share of a study that is over, while others are not.

const look = require("look");
const { assert, inState } = require("./page.js");

module.exports = async ({ open, url }) => {
  const page = await open(url);
  await inState(page, "completed");
  const text = (id) => page.locator(`#${id}`).innerText();
  assert.equal(await text("state"), "share 1 completed");
  assert.equal(await text("shares"), "This program trains share 1 of 4. Not completed: share 2 (0 of 1 run), share 4 (0 of 1 run).");
  assert.equal(await page.locator("#progress").evaluate((e) => e.value), 0.6);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator("#language").click();
  await inState(page, "completed");
  assert.equal(await text("state"), "第 1 份已完成");
  await look(page, "a share in Chinese");
};
