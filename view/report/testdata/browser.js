// Looks at pages in Chromium. Arguments: the file of a page about few runs, that of one about 50 runs of 100 epochs, that of
// one that compares settings, that of one that compares 60, a folder with pages of all kinds and, if screenshots are wanted, a folder for them. Needs
// playwright-core and Chromium, whose path is in CHROMIUM.

const assert = require("node:assert/strict");
const { readdirSync } = require("node:fs");
const { join } = require("node:path");
const { chromium } = require("playwright-core");
const axe = require("axe");
const soon = require("soon");
const { checkCompared, checkPlain, checkWords } = require("./compared.js");
const checkLong = require("./long.js");

const [few, many, compared, long, kinds, folder] = process.argv.slice(2);

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

async function open(browser, file, options, problems) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.stack));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => request.url().split("?")[0] === "file://" + file || request.url().startsWith("data:") || problems.push("asks " + request.url()));
  await page.goto("file://" + file);
  const settle = () => page.evaluate(async () => {
    for (let i = 0; i < 2 || charts.busy(); i++) await new Promise((done) => requestAnimationFrame(done));
  });
  if (options.javaScriptEnabled !== false) await settle();
  return { context, page, settle };
}

// lowestContrast is that of the text in a grid's cells with what is behind it, as WCAG 2 counts it.
function lowestContrast() {
  const canvas = new OffscreenCanvas(1, 1), context = canvas.getContext("2d", { willReadFrequently: true });
  const rgb = (...layers) => {
    for (const colour of layers) {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
    }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => sum + part * (c[i] / 255 <= 0.04045 ? c[i] / 255 / 12.92 : ((c[i] / 255 + 0.055) / 1.055) ** 2.4), 0);
  const ground = getComputedStyle(document.body).backgroundColor;
  return Math.min(...[...document.querySelectorAll(".grid td")].map((cell) => {
    const style = getComputedStyle(cell), [a, b] = [luminance(rgb(style.color)), luminance(rgb(ground, style.backgroundColor))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}

async function check(browser, colorScheme) {
  const problems = [];
  const { context, page, settle } = await open(browser, few, { colorScheme }, problems);
  const blank = await context.newPage();
  await page.bringToFront();
  const see = async (id, scheme = colorScheme) => count(blank, await page.locator(id).screenshot(), palette[scheme]);
  const shot = (name) => folder && page.screenshot({ path: `${folder}/report-${name}-${colorScheme}.png`, fullPage: true });
  await soon.equal(() => page.locator(".mistakes").count(), 0, "what is folded");
  for (const summary of await page.locator("summary").all()) await summary.click();
  await soon.equal(() => page.locator(".mistakes").count(), 5);
  await shot("all");
  if (colorScheme === "light") await axe(page, "report"); // in both schemes

  // Loss, accuracy, rate and steps: all have curves in the colours of the legend.
  for (const chart of ["#chart-0-0", "#chart-0-1", "#chart-0-3"]) {
    await soon.ok(async () => Object.values(await see(chart)).every((n) => n > 60), `${chart} lacks a colour`);
  }
  await page.locator("#legend-0 .charts-names button", { hasText: "lenet-bn" }).click();
  await page.mouse.move(2, 2);
  await settle();
  for (const chart of ["#chart-0-0", "#chart-0-1", "#chart-0-3"]) {
    await soon.equal(async () => (await see(chart)).blue, 0, `${chart}: pixels of what is off`);
    await soon.ok(async () => (await see(chart)).vermilion > 60, `${chart}: what is on`);
  }
  await page.locator("#legend-0 .charts-names button", { hasText: "lenet-bn" }).click();

  // The diagnostics have charts of their own.
  await soon.ok(async () => (await see("#chart-1-0")).blue > 60);

  // The table sorts by any column, numbers and texts, up and down, by mouse and keyboard.
  const runs = page.locator("table.sortable").filter({ hasText: "best accuracy" }).filter({ hasText: "seed" });
  const column = (n) => runs.locator(`tbody tr td:nth-child(${n})`).allTextContents();
  const numbers = async (none) => (await column(3)).map((text) => (text === "–" ? none : parseFloat(text)));
  const inOrder = (list, compare) => list.length > 1 && list.every((x, i) => i === 0 || compare(list[i - 1], x) <= 0);
  const head = (text) => runs.locator("th", { hasText: text });
  await head("best accuracy").locator("button").click();
  await soon.equal(() => head("best accuracy").getAttribute("aria-sort"), "descending");
  await soon.ok(async () => inOrder(await numbers(-1), (a, b) => b - a), "descending");
  await head("best accuracy").locator("button").focus();
  await page.keyboard.press("Enter");
  await soon.equal(() => head("best accuracy").getAttribute("aria-sort"), "ascending");
  await soon.ok(async () => inOrder(await numbers(999), (a, b) => a - b), "ascending, and what is no number last");
  await head("run").locator("button").click();
  await soon.equal(() => head("best accuracy").getAttribute("aria-sort"), null);
  await soon.ok(async () => inOrder(await column(1), (a, b) => a.localeCompare(b)), "by names");

  // Text on the colours of grids can be read.
  const contrast = await page.evaluate(lowestContrast);
  assert.ok(contrast >= 4.5, `the contrast of some text is ${contrast}`);
  // Pictures are there, and no larger than their pixels say.
  await soon.deepEqual(() => page.evaluate(() => [...document.images].map((i) => [i.naturalWidth, i.naturalHeight]).flat()), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);

  // The table of a study fits a window of 1024 pixels; on a phone it scrolls within itself, and the page does not.
  const study = page.locator(".wide", { hasText: "collapsed" });
  const hidden = () => study.evaluate((e) => e.scrollWidth - e.clientWidth);
  await page.setViewportSize({ width: 1024, height: 800 });
  await settle();
  await soon.equal(() => hidden(), 0, "pixels of the study's table that do not fit");
  await shot("1024");
  await page.setViewportSize({ width: 390, height: 844 });
  await settle();
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  await soon.ok(async () => await hidden() > 0);
  await shot("phone");
  await study.evaluate((e) => { e.scrollLeft = e.scrollWidth; });
  const last = await study.locator("td").last().boundingBox();
  assert.ok(last.x >= 0 && last.x + last.width <= 390, "a phone does not reach the last column");
  await page.setViewportSize({ width: 700, height: 1000 });
  await page.emulateMedia({ media: "print", colorScheme });
  await settle();
  await soon.ok(async () => (await see("#chart-0-0", "light")).vermilion > 60, "print is light");
  await soon.equal(() => page.evaluate(() => getComputedStyle(document.body).color), "rgb(29, 27, 24)");
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  await shot("print");
  assert.deepEqual(problems, []);
  await context.close();
}

// checkMany measures how long a reader of 50 runs waits, and asserts what does not depend on the machine: how often it draws.
async function checkMany(browser) {
  const problems = [], start = Date.now();
  const { context, page, settle } = await open(browser, many, {}, problems);
  const opened = Date.now() - start;
  folder && await page.screenshot({ path: `${folder}/report-many-light.png` });
  // The boards are the page's own; the number of strokes on its canvases tells how often it draws.
  await page.evaluate(() => {
    window.strokes = 0;
    const stroke = CanvasRenderingContext2D.prototype.stroke;
    CanvasRenderingContext2D.prototype.stroke = function (...args) { window.strokes++; return stroke.apply(this, args); };
  });
  // The time is that which the page's thread computes, so that it tells the same on a busy machine.
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
  const timed = async (act) => {
    const before = await busy();
    const strokes = await page.evaluate(async (act) => {
      window.strokes = 0;
      new Function(act)();
      do await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); while (charts.busy());
      return window.strokes;
    }, act);
    return { ms: Math.round(await busy() - before), strokes };
  };
  await soon.equal(() => page.locator("#legend-0 .charts-names button").count(), 25);
  await soon.equal(() => page.locator("#legend-0 .paging option").last().textContent(), "26–50 of 50");
  const one = await timed(`document.querySelectorAll("#legend-0 .charts-names button")[7].click()`);
  const none = await timed(`[...document.querySelectorAll("#legend-0 button")].find((b) => b.textContent === "none").click()`);
  const all = await timed(`[...document.querySelectorAll("#legend-0 button")].find((b) => b.textContent === "all").click()`);
  await page.locator("#chart-0-0 .u-over").scrollIntoViewIfNeeded();
  await settle();
  const box = await page.locator("#chart-0-0 .u-over").boundingBox();
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await settle();
  const moves = 60;
  const before = await busy();
  const { frames, strokes } = await page.evaluate(async ([box, moves]) => {
    const over = document.querySelector("#chart-0-0 .u-over"), frame = () => new Promise((done) => requestAnimationFrame(done)), frames = [];
    window.strokes = 0;
    for (let i = 0; i < moves; i++) {
      const start = await frame();
      over.dispatchEvent(new MouseEvent("mousemove", { bubbles: true, view: window, clientX: box.x + 20 + (i * (box.width - 40)) / moves, clientY: box.y + box.height / 2 + 20 * Math.sin(i) }));
      frames.push(Math.round(await frame() - start));
    }
    return { frames: frames.sort((a, b) => a - b), strokes: window.strokes };
  }, [box, moves]);
  const perMove = { ms: Math.round(10 * (await busy() - before) / moves) / 10, medianFrame: frames[moves / 2] };
  // One drawing of all four charts strokes 250 curves and some grid lines; each act is one drawing.
  const drawing = all.strokes;
  assert.ok(drawing > 250 && drawing < 700, `all charts in one drawing: ${drawing} strokes`);
  assert.ok(one.strokes <= drawing && none.strokes < 200, `${one.strokes} and ${none.strokes} strokes`);
  assert.ok(strokes <= moves * drawing, `${strokes} strokes in ${moves} moves`);
  await soon.match(() => page.locator("#chart-0-0 .chart-tip").innerText(), /and \d+ more$/);
  console.log(JSON.stringify({ opened, toggleOne: one, none, all, perMove, strokesPerMove: strokes / moves }));
  assert.deepEqual(problems, []);
  await context.close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  try {
    await check(browser, "light");
    await check(browser, "dark");
    await checkMany(browser);
    await checkCompared(browser, open, compared, "light", "en-US");
    await checkCompared(browser, open, compared, "dark", "zh-CN");
    await checkPlain(browser, open, compared);
    await checkLong(browser, open, long);
    for (const name of readdirSync(kinds)) await checkWords(browser, open, join(kinds, name));
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
