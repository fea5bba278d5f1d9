// Draws charts in Chromium and looks at the pixels. Arguments: the page's file and, if screenshots are wanted, a folder for them.
// Needs playwright-core and Chromium, whose path is in CHROMIUM.

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const soon = require("soon");
const names = require("./names.js");
const readers = require("./readers.js");

const [file, folder] = process.argv.slice(2);

const palette = {
  light: { blue: [0x00, 0x72, 0xb2], vermilion: [0xd5, 0x5e, 0x00], green: [0x00, 0x9e, 0x73] },
  dark: { blue: [0x3f, 0xa3, 0xe8], vermilion: [0xff, 0x84, 0x42], green: [0x23, 0xc4, 0x93] },
};

// count tells how many pixels of a picture have each colour, or nearly.
async function count(blank, png, colours) {
  return blank.evaluate(async ([url, colours]) => {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height), context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height), found = {};
    for (const [name, [r, g, b]] of Object.entries(colours)) {
      found[name] = 0;
      for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24) found[name]++;
    }
    return found;
  }, ["data:image/png;base64," + png.toString("base64"), colours]);
}

// In the page: three settings, the first with three seeds, the last one diverging, in two charts.
function build() {
  const epochs = Array.from({ length: 20 }, (_, i) => i + 1), lines = [], accuracy = [];
  for (const [n, name] of ["lenet-bn <b>&", "lenet", "wild"].entries()) {
    for (let seed = 1; seed <= (n === 0 ? 3 : 1); seed++) {
      const loss = (e) => (n + 1) * (0.03 + Math.exp(-e / (2 + n))) * (1 + 0.1 * Math.sin(3 * e + seed));
      const y = epochs.map((e) => (n === 2 && e > 8 ? null : loss(e)));
      lines.push({ name, kind: "test", seed, x: epochs, y, diverged: n === 2 });
      if (n < 2) lines.push({ name, kind: "train", seed, x: epochs, y: epochs.map((e) => 0.7 * loss(e)) });
      accuracy.push({ name, seed, x: epochs, y: y.map((v) => (v === null ? null : 1 - v / 12)) });
    }
  }
  const get = (id) => document.getElementById(id);
  window.board = new charts.Board({ legend: get("legend") });
  window.loss = board.add(get("loss"), { title: "Loss", x: "epoch", y: "nats", log: true, lines, marks: [{ x: 5, text: "lr 0.01" }, { x: 15, text: "lr 0.001" }] });
  window.accuracy = board.add(get("accuracy"), { title: "Test accuracy", x: "epoch", percent: true, log: true, lines: accuracy });
  window.rate = board.add(get("rate"), { title: "Learning rate", x: "epoch", log: true, steps: true });
}

async function check(browser, colorScheme) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1100, height: 900 }, deviceScaleFactor: 2 });
  const page = await context.newPage(), blank = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.stack));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => request.url() === "file://" + file || problems.push("asks " + request.url()));
  const shot = (name) => folder && page.screenshot({ path: `${folder}/charts-${name}-${colorScheme}.png` });
  const see = async (id, scheme = colorScheme) => count(blank, await page.locator(id).screenshot(), palette[scheme]);
  const settle = () => page.evaluate(async () => {
    for (let i = 0; i < 2 || charts.busy(); i++) await new Promise((done) => requestAnimationFrame(done));
  });
  const button = (name) => page.locator(".charts-names button", { hasText: name });
  const bands = page.locator(".charts-legend label", { hasText: "band" }).locator("select");

  await page.bringToFront();
  await page.goto("file://" + file);
  await page.evaluate(build);
  await settle();
  await shot("all");
  for (const id of ["#loss", "#accuracy"]) {
    await soon.ok(async () => Object.values(await see(id)).every((n) => n > 300), `${id} lacks a colour`);
  }
  await soon.equal(() => page.locator("#rate .chart-empty").innerText(), "no numbers");
  await soon.equal(() => button("lenet-bn <b>&").locator("small").innerText(), "3 seeds");

  // Texts of marks are above the axes, where they cover no curve.
  const labels = () => page.evaluate(() => charts.behind(loss, loss.u)[1][0].map((s) => [s.text, s.y < 0]));
  await soon.deepEqual(labels, [["lr 0.01", true], ["lr 0.001", true]]);

  // A button switches its name off in both charts, and on again; the axis follows what is shown.
  const before = await page.evaluate(() => loss.u.scales.y.max);
  await button("wild").focus();
  await page.keyboard.press("Enter");
  await button("lenet-bn").focus();
  await settle();
  await soon.equal(() => button("wild").getAttribute("aria-pressed"), "false");
  for (const id of ["#loss", "#accuracy"]) await soon.equal(async () => (await see(id)).green, 0, `${id}: pixels of what is off`);
  await soon.ok(async () => await page.evaluate(() => loss.u.scales.y.max) < before);
  await button("wild").click();
  await page.mouse.move(5, 5);
  await settle();
  await soon.ok(async () => (await see("#loss")).green > 300);

  // The kind's button leaves the test curves alone.
  await page.locator(".charts-legend button", { hasText: "training" }).click();
  await settle();
  await soon.deepEqual(() => page.evaluate(() => loss.curves.map((c) => board.shows(c))), [true, false, true, false, true]);
  await page.locator(".charts-legend button", { hasText: "training" }).click();

  // Bands: the mean ± the standard deviation of three known numbers, and none.
  const at = (i) => page.evaluate((i) => { const c = loss.curves[0]; return [c.y[i], c.low?.[i] ?? null, c.high?.[i] ?? null, ...c.lines.map((l) => l.y[i])]; }, i);
  let [mean, low, high, a, b, c] = await at(3);
  assert.ok(Math.abs(mean - (a + b + c) / 3) < 1e-12 && low === Math.min(a, b, c) && high === Math.max(a, b, c));
  await bands.selectOption("sd");
  await settle();
  [mean, low, high] = await at(3);
  const sd = Math.sqrt(((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2);
  assert.ok(Math.abs(high - mean - sd) < 1e-12 && Math.abs(mean - low - sd) < 1e-12, `${low} ${mean} ${high}, sd ${sd}`);
  await bands.selectOption("none");
  await settle();
  await soon.equal(async () => (await at(3))[1], null);
  await bands.selectOption("range");
  await settle();

  // A mean over five points: fewer at the beginning, where it stays even on both sides.
  const smooth = await page.evaluate(() => {
    const parts = charts.gather([{ name: "a", kind: "train", x: [1, 2, 3, 4, 5, 6], y: [1, 2, 4, null, 8, 16] }], { smooth: 4 });
    for (;;) {
      const { done, value } = parts.next();
      if (done) return value.curves[0].y;
    }
  });
  assert.deepEqual(smooth, [1, 7 / 3, 31 / 5, null, 30 / 4, 28 / 3]);

  // marked asserts that dots mark the points of a chart with an index: those of all curves that are shown and have one there.
  const marked = (chart, i) => soon.equal(() => page.evaluate(([chart, i]) => {
    const { u, dots, curves, x } = window[chart], { place } = window[chart].axis();
    const places = dots.filter((dot) => !dot.hidden).map((dot) => dot.style.translate.match(/[\d.]+/g).map((v) => Math.round(v)).join());
    const wanted = curves.filter((c) => board.shows(c) && c.y[i] != null)
      .map((c) => [u.valToPos(x[i], "x"), u.valToPos(place(c.y[i]), "y")].map(Math.round).join());
    return wanted.length > 1 && places.sort().join(" ") === wanted.sort().join(" ") ? "marked" : `${places} and not ${wanted}`;
  }, [chart, i]), "marked");

  // The cursor tells the numbers, in the other chart it stands at the same epoch, and the curve that it is on stands out.
  const over = await page.locator("#loss .u-over").boundingBox();
  const place = await page.evaluate(() => [loss.u.valToPos(10, "x"), loss.u.valToPos(loss.curves[2].y[9], "y")]);
  await page.mouse.move(over.x + place[0], over.y + place[1] - 1);
  await settle();
  for (const part of [/^epoch 10\n/, /lenet, test\s/, /lenet-bn <b>&, training/]) {
    await soon.match(() => page.locator("#loss .chart-tip").innerText(), part);
  }
  await soon.equal(() => page.evaluate(() => accuracy.u.cursor.idx), 9);
  await soon.equal(() => page.evaluate(() => board.lit), "lenet");
  for (const chart of ["loss", "accuracy"]) await marked(chart, 9);
  await soon.deepEqual(() => page.locator("#loss .chart-tip .charts-swatch").evaluateAll((all) => all.map((e) => e.getBoundingClientRect().width)), [22, 22, 22, 22]);
  await shot("cursor");
  await page.mouse.move(5, 5);
  await settle();
  await soon.equal(() => page.evaluate(() => board.lit), null);
  await soon.ok(() => page.locator("#loss .chart-tip").isHidden());
  await page.locator("#accuracy .chart-plot").focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await soon.match(() => page.locator("#accuracy .chart-tip").innerText(), /^epoch 3\n/);
  await marked("accuracy", 2);
  for (const key of ["+", "Escape"]) {
    await page.keyboard.press(key);
    await settle();
    await marked("accuracy", 2);
  }
  await page.locator("#accuracy .chart-plot").blur();

  // Dragging shows a part, the button the whole.
  await page.mouse.move(over.x + over.width * 0.5, over.y + 50);
  await page.mouse.down();
  await page.mouse.move(over.x + over.width * 0.9, over.y + 80, { steps: 4 });
  await page.mouse.up();
  await settle();
  await soon.ok(async () => await page.evaluate(() => loss.u.scales.x.min) > 9);
  await page.locator("#loss button", { hasText: "whole range" }).click();
  await settle();
  await soon.deepEqual(() => page.evaluate(() => [loss.u.scales.x.min, loss.u.scales.x.max]), [0, 20]);

  // A linear axis, and back. The button says which axis it is, and its name begins with that.
  const axis = (id) => page.locator(`${id} .chart-axis`);
  for (const [id, name] of [["#loss", "log"], ["#accuracy", "logit"]]) {
    await soon.equal(() => axis(id).innerText(), name);
    await soon.match(() => axis(id).getAttribute("aria-label"), new RegExp(`^${name} axis: `));
  }
  await axis("#loss").click();
  await settle();
  await soon.equal(() => page.evaluate(() => loss.u.scales.y.distr), 1);
  await soon.equal(() => axis("#loss").innerText(), "linear");
  await axis("#loss").click();

  // What is appended is drawn, once a frame however much there is.
  await settle();
  const redraws = await page.evaluate(() => loss.redraws);
  await page.evaluate(() => rate.append({ name: "lenet" }, 0, 0.1));
  await settle();
  await page.evaluate(() => {
    for (let e = 1; e <= 200; e++) rate.append({ name: "lenet" }, e, e < 100 ? 0.1 : 0.01);
    for (let e = 21; e <= 40; e++) loss.append({ name: "lenet", kind: "test", seed: 1 }, e, 0.05);
  });
  await settle();
  await soon.ok(async () => (await see("#rate")).vermilion > 300);
  await soon.ok(async () => await page.evaluate(() => loss.redraws) - redraws <= 2);
  await soon.equal(() => page.evaluate(() => loss.u.scales.x.max), 40);
  await soon.deepEqual(() => page.evaluate(() => [rate.u.scales.x.min, rate.u.scales.x.max]), [0, 200], "what was one value");

  // A narrow window: nothing sticks out.
  await page.setViewportSize({ width: 390, height: 800 });
  await settle();
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  await page.setViewportSize({ width: 1100, height: 900 });
  await settle();

  // The scheme changes while the page is open.
  const other = colorScheme === "light" ? "dark" : "light";
  await page.emulateMedia({ colorScheme: other });
  await settle();
  await soon.ok(async () => (await see("#accuracy", other)).vermilion > 300);
  await soon.ok(async () => (await see("#accuracy", colorScheme)).vermilion < 100);
  // Print is light.
  await page.emulateMedia({ colorScheme: "dark", media: "print" });
  await settle();
  await soon.ok(async () => (await see("#accuracy", "light")).vermilion > 300);

  assert.deepEqual(problems, []);
  await context.close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  try {
    await check(browser, "light");
    await check(browser, "dark");
    await readers(browser, file, folder);
    await names(browser, file, folder);
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
