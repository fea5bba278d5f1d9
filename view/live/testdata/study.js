// A study that is watched until it ends. Before the folder comes the name of a file that lets it go on.

const fs = require("node:fs");
const axe = require("axe");
const soon = require("soon");
const { assert, drawn, inState, fits, shooter } = require("./page.js");

const text = (page, id) => page.locator(`#${id}`).innerText();
const cells = (page, column) => page.locator(`#rows ${column}`).allInnerTexts();

module.exports = async ({ open, url, origin, rest: [signal], folder }) => {
  const page = await open(url, { colorScheme: "light" }), shot = shooter(page, folder);
  await inState(page, "training");
  assert.equal(page.url(), `${origin}/`, "the token stays in the address bar");
  await soon.equal(() => text(page, "best"), "98.50 ± 0.71%");
  await soon.equal(() => text(page, "best-setting"), "lenet-bn, lr 0.1, validation accuracy, 2 seeds");
  for (const [id, want] of [["over", "4 of 9"], ["running", "1"], ["pending", "4"], ["gone", "2"], ["gone-how", "1 diverged, 1 guessing"]]) {
    await soon.equal(() => text(page, id), want, id);
  }
  await soon.deepEqual(() => cells(page, "th"), ["lenet-bn, lr 0.1", "lenet, lr 0.1", "lenet, lr 0.01"]);
  await soon.deepEqual(() => cells(page, ".rank"), ["1", "2", "–"]);
  await soon.deepEqual(() => cells(page, ".judged"), ["98.50 ± 0.71%", "10.00%", "–"]);
  await soon.deepEqual(() => cells(page, ".test"), ["97.50 ± 0.71%", "11.00%", "–"]);
  const runs = () => page.locator("#rows tr:first-child .run").evaluateAll((list) => list.map((e) => [e.dataset.state, e.getAttribute("aria-label")]));
  await soon.deepEqual(runs, [
    ["completed", "lenet-bn, lr 0.1, seed 1: completed"], ["completed", "lenet-bn, lr 0.1, seed 2: completed"],
    ["training", "lenet-bn, lr 0.1, seed 3: epoch 4, 40 % done"],
  ]);
  await soon.until("curves", async () => await drawn(page, "judged", 1) > 50 && await drawn(page, "losses", 2) > 30);
  // Where nothing chooses, no setting is the best. A setting with a run that diverged comes after the others.
  const orders = await page.evaluate(async () => {
    const { standing } = await import("/standing.js");
    const run = (setting, accuracy, reason) => ({ setting, state: "over", reason, rested: 1, epochs: [1], values: [[1, accuracy, null, null, null, null]] });
    const list = [run("a", 0.5, "completed"), run("b", 0.9, "completed"), run("b", 0.9, "diverged"), run("c", 0.7, "completed")];
    return ["nothing", "test"].map((by) => {
      const { rows, best } = standing(list, { state: "over", by }, false);
      return [rows.map((r) => r.setting).join(""), best?.setting ?? "none"];
    });
  });
  assert.deepEqual(orders, [["abc", "none"], ["cab", "c"]]);
  await shot("study");
  await axe(page, "a study");

  const phone = await open(url, { colorScheme: "dark", clock: true, locale: "zh-CN", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await inState(phone, "training");
  await soon.equal(() => text(phone, "best-setting"), "lenet-bn, lr 0.1，验证准确率，2 个种子");
  const foreign = () => phone.evaluate(() => [...document.querySelectorAll("[data-word]")].map((e) => e.textContent).filter((t) => !/\p{Script=Han}/u.test(t)));
  await soon.deepEqual(foreign, ["English"]);
  await fits(phone);
  if (folder) await phone.screenshot({ path: `${folder}/study-phone-dark.png`, fullPage: true });
  await phone.locator("#notify").tap();
  await phone.locator("#language").tap();
  await soon.until("English", async () => /validation accuracy/.test(await text(phone, "best-setting")));
  await soon.match(() => phone.url(), /\?lang=en$/);

  const alone = await open(url, { clock: true }); // when it would become the report, the program is not there
  await inState(alone, "training");
  await alone.route("**/report", (route) => route.abort("connectionrefused"));

  fs.writeFileSync(signal, "");
  await inState(page, "completed");
  await page.locator("#stay").click();
  for (const later of [phone, alone]) {
    await inState(later, "completed");
    await later.clock.runFor(10000);
  }
  await soon.equal(() => text(page, "over"), "7 of 9");
  await soon.equal(async () => (await cells(page, "th"))[0], "lenet, lr 0.01");
  await soon.equal(() => text(page, "best"), "99.60 ± 0.10%");
  await shot("study-end");
  await axe(page, "a study that is over");
  await soon.until("the report", () => phone.url() === `${origin}/report?lang=en`);
  await soon.equal(() => phone.locator("body").innerText(), "all of it");
  await soon.until("word that the program has ended", async () => /program is closed/.test(await text(alone, "ended")));
  assert.equal(alone.url(), `${origin}/`);
  await page.locator("#close").click();
  await soon.until("the program's end", async () => /program is closed/.test(await text(page, "ended")));
};
