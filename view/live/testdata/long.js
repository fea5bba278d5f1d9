// A run of 10,000 steps in which things go wrong. Before the folder comes the name of a file that lets it go on.

const fs = require("node:fs");
const axe = require("axe");
const soon = require("soon");
const { assert, drawn, inState, fits, shooter } = require("./page.js");

const text = (page, id) => page.locator(`#${id}`).innerText();

module.exports = async ({ open, url, rest: [signal], folder }) => {
  const page = await open(url, { colorScheme: "light" }), shot = shooter(page, folder);
  const chinese = await open(url, { colorScheme: "dark", locale: "zh-CN", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await soon.until("how far the data is read", async () => (await text(page, "state")) === "reading the training samples: 30,000 of 60,000");
  await soon.equal(() => text(chinese, "state"), "正在读取训练集：30,000 / 60,000");
  fs.writeFileSync(signal, "");

  await soon.until("9,500 steps", async () => (await text(page, "step")) === "step 9,500 of 10,000");
  await soon.until("what goes wrong", async () => await page.locator("#notices li").count() === 3);
  await soon.deepEqual(() => page.locator("#notices li").allInnerTexts(), [
    "The settings are odd:\nStepLR: the rate is large", "Epoch 10, step 9,500: conv1: 6 of 10 units are dead.",
    "metrics.jsonl could not be written; the run tries again:\nno",
  ]);
  await soon.match(() => page.locator("#figures").innerText(), /Test accuracy\s+99\.00%\s+best validation 98\.90%, epoch 9/);
  const curves = async () => await drawn(page, "losses", 1) > 100 && await drawn(page, "accuracies", 2) > 50
    && await drawn(page, "rates", 3) + await drawn(page, "rates", 4) > 50; // whether the rate or validation came first
  await soon.until("curves", curves);
  await oneCursor(page);
  await shot("long");
  await axe(page, "a run in which things go wrong");

  const told = () => chinese.locator("#notices li").nth(1).innerText();
  await soon.match(told, /^第 10 轮第 9,500 步：有一层的许多神经元已“死亡”/);
  await soon.match(told, /conv1: 6 of 10 units are dead\.$/, "the words of the program are lost");
  await fits(chinese);
  if (folder) await chinese.screenshot({ path: `${folder}/long-phone-chinese.png`, fullPage: true });
  await axe(chinese, "a run in Chinese");
  await chinese.locator("#span").selectOption("now");
  await chinese.locator("#notify").tap();
  await soon.until("a promise to notify", async () => /浏览器会通知你/.test(await text(chinese, "said")));

  fs.writeFileSync(signal, "");
  await inState(page, "diverged");
  await soon.match(() => text(page, "ended"), /^It is over: diverged\. The page stays/);
  await soon.equal(() => page.locator("#report").isVisible(), false, "there is no folder, hence no report");
  await soon.match(async () => (await page.locator("#notices li").allInnerTexts())[3], /^Epoch 10, step 10,000: The training loss runs away\.$/);
  await inState(chinese, "diverged");
  await soon.deepEqual(() => chinese.evaluate(() => window.notified), ["lenet：已发散"]);
};

// oneCursor: all charts have one axis of x, and point at the same place of it, also by the keyboard.
async function oneCursor(page) {
  const places = () => page.evaluate(() => [...document.querySelectorAll("#charts figure:not([hidden]) .u-over")].map((e) => {
    const x = new DOMMatrix(getComputedStyle(e.querySelector(".u-cursor-x")).transform).m41;
    return x / e.clientWidth;
  }));
  const together = (list) => list.length === 3 && list.every((x) => x > 0.05 && Math.abs(x - list[0]) < 0.02);
  const over = page.locator("#losses .u-over"), box = await over.boundingBox();
  await over.hover({ position: { x: box.width / 2, y: 40 } });
  let last;
  await soon.until("a cursor in all charts", async () => together(last = await places())).catch((error) => assert.fail(`${error}: ${last}`));
  await page.mouse.move(5, 5);
  await page.locator("#accuracies .chart-plot").focus();
  await page.keyboard.press("Home");
  await soon.until("the first epoch in all charts", async () => together(last = await places()) && last[0] < 0.15)
    .catch((error) => assert.fail(`${error}: ${last}`));
}
