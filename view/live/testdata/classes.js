// A run that is watched from its beginning to its end, paused, given another rate and stopped, in both languages.

const axe = require("axe");
const soon = require("soon");
const { assert, drawn, inState, fits, shooter } = require("./page.js");

const step = async (page) => Number((await page.locator("#step").innerText()).match(/step ([\d,]+)/)?.[1].replace(",", "") ?? 0);
const said = (page) => page.locator("#said").innerText();

module.exports = async ({ open, url, origin, folder }) => {
  const page = await open(url, { colorScheme: "light" }), shot = shooter(page, folder);
  assert.equal(page.url(), `${origin}/`, "the token stays in the address bar");

  // The curves come while the run trains; the rate is there to its end from the start.
  await inState(page, "training");
  const early = await soon.until("training loss", () => drawn(page, "losses", 1));
  await soon.until("the rate ahead", async () => await drawn(page, "rates", 3) > 20);
  await soon.until("three epochs", async () => /^([4-9]|\d\d+) of/.test(await page.locator("#epoch").innerText()));
  await page.locator("#span").selectOption("run");
  await soon.match(() => page.url(), /\?x=run$/);
  await page.locator("#span").selectOption("now");
  const later = await soon.until("more of the training loss", async () => {
    const n = await drawn(page, "losses", 1);
    return n > early && n > 100 && n;
  });
  assert.ok(early > 20, `${early}, then ${later} pixels of training loss`);
  for (const [chart, line] of [["losses", 2], ["accuracies", 2], ["rates", 3]]) {
    await soon.ok(async () => await drawn(page, chart, line) > 50, `a curve in ${chart}`);
  }
  await soon.match(() => page.locator("#speed").innerText(), /^[\d,]+$/);
  await soon.match(() => page.locator("#left").innerText(), /\d (s|min)$/);
  await soon.match(() => page.locator("#accuracy").innerText(), /^\d+\.\d\d%$/);
  await settings(page);
  await shot("training");
  await soFar(page, origin);
  await legend(page);

  // A pause is one, the rate can be changed in it, and a viewer who comes now sees what was before.
  await page.locator("#pause").focus();
  await page.keyboard.press("Enter");
  await inState(page, "paused");
  const at = await step(page);
  await page.locator("#lr").fill("fast");
  await page.keyboard.press("Enter");
  await soon.match(() => said(page), /“fast” is no rate/);
  await page.locator("#lr").fill("0.02");
  await page.keyboard.press("Enter");
  await soon.until("the new rate", async () => (await page.locator("#rate").innerText()) === "0.02");
  await page.waitForTimeout(700);
  await soon.equal(() => step(page), at, "it trains on in a pause");
  await shot("paused");
  await axe(page, "a run that is paused");
  await asksBeforeItIsLeft(page);

  const guest = await open(origin, { colorScheme: "dark", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await inState(guest, "paused");
  await soon.equal(() => step(guest), at);
  await soon.until("what was before", async () => await drawn(guest, "losses", 1) > 50);
  await soon.equal(() => guest.locator("#pause").isVisible(), false);
  await guest.locator("#token").fill("guess");
  await guest.keyboard.press("Enter");
  await guest.locator("#pause").tap();
  await soon.until("a refusal", async () => /not the token of this program/.test(await said(guest)));
  await fits(guest);
  if (folder) await guest.screenshot({ path: `${folder}/phone-dark.png`, fullPage: true });
  await inState(page, "paused");

  const chinese = await inChinese(open, url, folder);
  await page.locator("#notify").click();
  await soon.until("a promise to notify", async () => /browser will tell you/.test(await said(page)));

  await page.locator("#pause").click();
  await inState(page, "training");
  await soon.until("more steps", async () => await step(page) > at);
  const done = async () => (await page.locator("#log li").allInnerTexts()).map((text) => text.replace(/epoch \d+/, "epoch"));
  await soon.deepEqual(done, ["paused", "rate 0.02", "continued"].map((what) => `epoch, step ${at}: ${what}`));

  // Stopping asks once. The page keeps what it has drawn.
  await page.locator("#stop").click();
  await shot("sure");
  await page.keyboard.press("Escape");
  await soon.until("more steps", async () => await step(page) > at + 3);
  await page.locator("#stop").click();
  await page.locator("#yes").click();
  await inState(page, "interrupted");
  await page.locator("#stay").click();
  await inState(chinese, "interrupted");
  await page.waitForTimeout(400);
  await soon.ok(async () => await drawn(page, "losses", 1) > 100);
  await soon.equal(() => page.locator("#controls").isVisible(), false);
  await soon.deepEqual(() => page.evaluate(() => window.notified), ["lenet-bn: stopped"]);
  await shot("stopped");
  await axe(page, "a run that is over");

  // The page of a guest becomes the report. The other one is the same after a reload, and closes the program.
  await soon.until("the report", () => guest.url() === `${origin}/report`);
  await soon.match(() => guest.locator("main").textContent(), /Epochs/);
  await page.reload();
  await inState(page, "interrupted");
  await soon.until("the curves again", async () => await drawn(page, "losses", 1) > 100);
  await soon.equal(() => page.locator("#stay").isVisible(), false, "a reader who comes back is sent away");
  await soon.equal(() => page.locator("#report").isVisible(), true);
  await page.locator("#close").click();
  await soon.until("the program's end", async () => /program is closed/.test(await page.locator("#ended").innerText()));
  await soon.ok(async () => await drawn(page, "losses", 1) > 100);
};

// settings: the main ones in one line, all of them below.
async function settings(page) {
  for (const want of ["lenet-bn", "SGD(lr=0.1, momentum=0.9)", "StepLR(step_size=40, gamma=0.3) per epoch", "batch 64", "seed 0", "2,000 training samples"]) {
    await soon.ok(async () => (await page.locator("#brief").innerText()).includes(want), want);
  }
  await soon.equal(() => page.locator("#all").isVisible(), false);
  await page.locator("#settings summary").focus();
  await page.keyboard.press("Enter");
  await soon.match(() => page.locator("#all").innerText(), /eval batch\s+200/);
  await page.keyboard.press("Enter");
}

// soFar: there is a report before the end.
async function soFar(page, origin) {
  const [report] = await Promise.all([page.context().waitForEvent("page"), page.locator("#sofar").click()]);
  await report.waitForLoadState();
  assert.equal(report.url(), `${origin}/report`);
  await soon.match(() => report.locator("main").textContent(), /Confusion|confusion/);
  await report.close();
}

// legend: a switch takes its curve out of all charts, and puts it back.
async function legend(page) {
  const away = async () => { // from the legend, which pales all but what is pointed at
    await page.mouse.move(5, 5);
    await page.evaluate(() => document.activeElement.blur());
  };
  const button = page.locator("#legend button", { hasText: "test" }).first();
  await button.click();
  await away();
  await soon.until("no test curves", async () => await drawn(page, "losses", 2) + await drawn(page, "accuracies", 2) === 0);
  await soon.until("the other curve", async () => await drawn(page, "losses", 1) > 100);
  await button.click();
  await away();
  await soon.until("test curves again", async () => await drawn(page, "losses", 2) > 50);
}

// asksBeforeItIsLeft: the page that has paused the run is not closed without a question.
async function asksBeforeItIsLeft(page) {
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  await soon.equal(() => page.locator("#state").innerText(), "paused");
}

// inChinese: a browser that prefers Chinese gets it, with all words, and the switch leads to English and back.
async function inChinese(open, url, folder) {
  const page = await open(url, { colorScheme: "light", locale: "zh-CN" });
  await inState(page, "paused");
  await soon.equal(() => page.locator("#state").innerText(), "已暂停");
  await soon.equal(() => page.evaluate(() => document.documentElement.lang), "zh-CN");
  const foreign = () => page.evaluate(() => [...document.querySelectorAll("[data-word]")].map((e) => e.textContent).filter((text) => !/\p{Script=Han}/u.test(text)));
  await soon.deepEqual(foreign, ["English"]);
  await soon.until("a title in Chinese", async () => (await page.locator("#losses h3").innerText()) === "损失");
  await shooter(page, folder)("chinese");
  await page.locator("#language").click();
  await soon.until("English", async () => (await page.locator("#state").innerText()) === "paused");
  await soon.match(() => page.url(), /\?lang=en$/);
  await soon.equal(() => page.locator("#pause").isVisible(), true, "the token is lost");
  await page.locator("#language").click();
  await soon.until("Chinese", async () => (await page.locator("#state").innerText()) === "已暂停");
  return page;
}
