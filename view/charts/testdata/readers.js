// What readers do with charts, checked in Chromium: scales, notes, x axes, smoothing, files, tables, touch, the address, Chinese.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const axe = require("axe");
const soon = require("soon");

// In the page: sixteen settings of three epochs, of which the first has three seeds and a clock, and diagnostics.
function build() {
  document.getElementById("legend").before(Object.assign(document.createElement("h1"), { textContent: "Charts" }));
  const get = (id) => document.getElementById(id), x = [1, 2, 3], lines = [];
  for (let n = 0; n < 16; n++) {
    const name = n === 0 ? "固定学习率" : `setting ${n}`;
    for (let seed = 0; seed < (n === 0 ? 3 : 1); seed++) {
      lines.push({ name, seed, x, y: x.map((e) => (1 + n / 4 + seed / 10) / e) });
      lines.push({ name, kind: "train", seed, x, y: x.map((e) => (1 + n / 4) / e / 2) });
    }
  }
  for (const kind of ["valid", "ema", "swa", "ahead"]) lines.push({ name: "setting 1", kind, x, y: [0.4, 0.3, 0.2] });
  window.board = new charts.Board({ legend: get("legend"), address: "c", say: (text) => ({ Loss: "loss!" })[text] });
  window.loss = board.add(get("loss"), { title: "Loss", x: "epoch", y: "nats", log: true, lines });
  const long = Array.from({ length: 10000 }, (_, i) => i / 3333), rising = long.map((e) => 0.99996 - 0.9 * Math.exp(-3 * e));
  window.accuracy = board.add(get("accuracy"), {
    title: "Accuracy", x: "epoch", percent: true, log: true, smooth: 11, line: "median", band: "15th to 85th percentile",
    lines: [{ name: "setting 1", x: long, y: rising, low: long.map(() => 0.1), high: long.map(() => 0.999) }],
  });
  window.rate = board.add(get("rate"), {
    title: "One", x: "epoch", lines: [{ name: "setting 1", x: [1], y: [0.25] }, { name: "setting 2", x: [1], y: [0.00002] }],
  });
  board.setClock({ x: [0, 1, 2, 3], step: [0, 100, 200, 300], seconds: [0, 600, 1200, 2400] });
}

// In the page: the ranges of axes that have fewer than two ticks, ticks that touch, or large gaps without any.
function poorScales() {
  const poor = [];
  for (const [axis, ranges] of Object.entries({
    linear: [[0, 1], [-3e-4, 3e-4], [0.97, 0.993], [0, 56250], [1, 3], [-1e-9, 7e-9]],
    log: [[0.01, 2], [0.23, 0.24], [1.01, 2.27], [2.1, 2.4], [1e-20, 1e20], [3e-5, 8e-5], [0.002, 0.05]],
    logit: [[0.97, 0.993], [0.1, 0.995], [0.08, 0.13], [0.985, 0.989], [0.5, 0.99995], [0.002, 0.6], [0.9913, 0.9921]],
  })) {
    for (const [low, high] of ranges) {
      for (const pixels of [128, 218, 800]) {
        const { at } = charts.axes[axis], place = (v) => ((at(v) - at(low)) / (at(high) - at(low))) * pixels;
        const places = charts.ticks(axis, low, high, { pixels, size: () => 27 }).map(place).sort((a, b) => a - b);
        const gaps = places.map((p, i) => p - (places[i - 1] ?? 0)).concat(pixels - places.at(-1));
        const ok = places.length >= 2 && places[0] > -1 && places.at(-1) < pixels + 1 && gaps.slice(1, -1).every((g) => g >= 26.9);
        if (!ok || Math.max(...gaps) > 0.62 * pixels) poor.push([axis, low, high, pixels, places.map(Math.round)]);
      }
    }
  }
  return poor;
}

module.exports = async function readers(browser, file, folder) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 1000 }, hasTouch: true, acceptDownloads: true });
  const page = await context.newPage(), problems = [];
  page.on("pageerror", (error) => problems.push(error.stack));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  const settle = () => page.evaluate(async () => {
    for (let i = 0; i < 3 || charts.busy(); i++) await new Promise((done) => requestAnimationFrame(done));
  });
  const open = async (hash = "") => {
    await page.goto("about:blank");
    await page.goto(`file://${file}${hash}`);
    await page.evaluate(build);
    await settle();
  };
  const note = (id) => page.locator(`${id} .chart-note`).innerText();
  const select = (text) => page.locator(".charts-legend label", { hasText: text }).locator("select");
  const shot = (name) => folder && page.screenshot({ path: `${folder}/charts-${name}.png`, fullPage: true });
  await open();
  await soon.deepEqual(() => page.evaluate(poorScales), []);

  // Dashes are training, also of the sixteenth setting; each setting has a colour.
  const strokes = await page.evaluate(() => {
    const [, [middle]] = charts.layers(loss, loss.u, loss.curves, null);
    return [...middle].filter((s) => !s.fill).map(({ dash, colour }, i) => [loss.curves[i].kind, dash.length, charts.colour(colour)]);
  });
  assert.equal(strokes.length, await page.evaluate(() => loss.curves.length));
  for (const [kind, dashes] of strokes) assert.equal(dashes > 0, kind === "train", kind);
  assert.equal(new Set(strokes.map(([, , colour]) => colour)).size, 16);
  await soon.ok(() => page.evaluate(() => [...charts.layers(loss, loss.u, loss.curves, null)[0][0]].every((s) => !s.dash?.length || s.colour >= 0)));

  // The notes say what means, bands and lines are. Three epochs fill their chart.
  await soon.equal(() => note("#loss"), "means of up to 3 seeds; band: min to max over the seeds");
  const percentiles = "line: median; band: 15th to 85th percentile; smoothed: means of 11 points, the points themselves pale";
  await soon.equal(() => note("#accuracy"), percentiles);
  await soon.equal(() => page.locator("#loss h3").innerText(), "loss!");
  await soon.deepEqual(() => page.evaluate(() => [loss.u.scales.x.min, loss.u.scales.x.max]), [1, 3]);
  await soon.ok(() => page.evaluate(() => rate.ticks("x").length >= 2 && rate.ticks("y").length >= 2), "one epoch has no scale");
  await soon.deepEqual(() => page.evaluate(() => [...charts.layers(rate, rate.u, rate.curves, null)[3][0]].map((s) => s.text)), ["0.25", "2e-5"]);
  const shares = await page.evaluate(() => [0.99996, 1, 0.99, 0.000012, 0].map(charts.share));
  assert.deepEqual(shares, ["99.996%", "100.00%", "99.00%", "0.0012%", "0.00%"]);
  await shot("readers");

  // The cursor stands on the point that it tells of, and the box covers none of these points, wherever the pointer is.
  for (const [share, y] of [[0.1, 30], [0.37, 100], [0.62, 200], [0.97, 60]]) {
    const over = await page.locator("#loss .u-over").boundingBox();
    await page.mouse.move(over.x + over.width * share, over.y + y);
    await settle();
    const seen = await page.evaluate(() => {
      const box = loss.tip.getBoundingClientRect(), plot = loss.u.over.getBoundingClientRect(), { left, idx } = loss.u.cursor;
      const x = loss.u.valToPos(loss.x[idx], "x"), heights = loss.curves.map((c) => loss.u.valToPos(c.y[idx], "y"));
      const within = plot.left + x > box.left && plot.left + x < box.right;
      const covered = heights.filter((y) => within && plot.top + y > box.top && plot.top + y < box.bottom).length;
      return { off: left - x, hidden: loss.tip.hidden, covered };
    });
    assert.deepEqual(seen, { off: 0, hidden: false, covered: 0 }, `at ${share}`);
  }
  await page.mouse.move(5, 5);

  // x is the epoch, the step or the time, in all charts.
  await select("x axis").selectOption("step");
  await settle();
  await soon.deepEqual(() => page.evaluate(() => [loss.x, loss.xText(), rate.x]), [[100, 200, 300], "step", [100]]);
  await select("x axis").selectOption("time");
  await settle();
  await soon.deepEqual(() => page.evaluate(() => [loss.x, loss.xText()]), [[10, 20, 40], "minutes"]);
  await select("x axis").selectOption("epoch");
  await select("smoothing").selectOption("101");
  await settle();
  await soon.match(() => note("#accuracy"), /smoothed: means of 101 points/);

  // Files: a picture as SVG and PNG, and the numbers.
  const files = {};
  for (const format of ["SVG", "PNG", "CSV"]) {
    await page.locator("#loss .chart-menu > button").click();
    const button = page.locator("#loss .chart-menu button", { hasText: format });
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    assert.equal(download.suggestedFilename(), `loss.${format.toLowerCase()}`);
    files[format] = fs.readFileSync(await download.path());
    if (folder) fs.writeFileSync(`${folder}/charts-saved.${format.toLowerCase()}`, files[format]);
  }
  assert.match(String(files.SVG), /^<svg [^]*font-family[^]*>固定学习率, test<[^]*means of up to 3 seeds[^]*<\/svg>$/);
  assert.equal(files.PNG.toString("latin1", 1, 4), "PNG");
  assert.ok(files.PNG.readUInt32BE(16) > 2000 && files.PNG.length > 20000);
  const rows = String(files.CSV).slice(1).trim().split("\r\n");
  assert.equal(rows[0], "name,kind,seed,epoch,step,seconds,value");
  assert.equal(rows[1], "固定学习率,test,0,1,100,600,1");
  assert.equal(rows.length, 1 + 3 * await page.evaluate(() => loss.lines.length));

  // A table of bounded length, for a chart of 10,000 points.
  await page.locator("#accuracy .chart-menu > button").click();
  await page.keyboard.press("Tab");
  await page.locator("#accuracy .chart-menu button", { hasText: "table" }).press("Enter");
  await soon.until("a table", () => page.locator("#accuracy caption").count());
  await soon.equal(() => page.locator("#accuracy caption").innerText(), "Accuracy: 50 of 10000 points");
  await soon.equal(() => page.locator("#accuracy tbody tr").count(), 50);
  await soon.match(() => page.locator("#accuracy tbody tr").last().innerText(), /^3\s+99\.98% \(10\.00% to 99\.90%\)$/);

  // What is chosen stays: zoom, hidden curves and kinds, axes, bands and means.
  await page.evaluate(() => loss.zoom({ min: 1.5, max: 2.75 }));
  await page.locator(".charts-names button", { hasText: "固定学习率" }).click();
  await page.locator(".charts-legend button", { hasText: "training" }).click();
  await page.locator("#accuracy .chart-axis").click();
  await select("band").selectOption("sd");
  const chosen = () => page.evaluate(() => ({
    zoom: [loss.zoomed, accuracy.zoomed], x: [loss.u.scales.x.min, loss.u.scales.x.max],
    off: loss.curves.filter((c) => !board.shows(c)).length,
    axes: [loss.axisName(), accuracy.axisName()], band: board.band, smooth: board.smooth, axis: board.x,
  }));
  await select("x axis").selectOption("step");
  await select("x axis").selectOption("epoch");
  await page.evaluate(() => loss.zoom({ min: 1.5, max: 2.75 }));
  await settle();
  const before = await chosen();
  assert.deepEqual(before.zoom, [{ min: 1.5, max: 2.75 }, { min: 1.5, max: 2.75 }]);
  assert.deepEqual([before.off, before.axes, before.smooth], [17, ["log", "linear"], 101]);

  // Charts follow one that is zoomed, also those that have just been built and those that are soon.
  for (const meanwhile of ["accuracy.build()", 'board.setBand("sd")', ""]) {
    for (const range of [{ min: 1.25, max: 2 }, null]) {
      await page.evaluate((range) => loss.zoom(range), range);
      await settle();
      assert.deepEqual((await chosen()).zoom, [range, range], meanwhile);
    }
    await page.evaluate((meanwhile) => {
      new Function(meanwhile)();
      loss.zoom({ min: 1.5, max: 2.75 });
      new Function(meanwhile)();
    }, meanwhile);
    await settle();
    assert.deepEqual(await chosen(), before, meanwhile);
  }
  await page.evaluate(() => loss.zoom(null));
  await settle();
  await page.evaluate(async () => {
    loss.zoom({ min: 1, max: 2 });
    await null; // the other charts follow soon
    accuracy.zoom({ min: 1.5, max: 2.75 });
  });
  await settle();
  assert.deepEqual(await chosen(), before, "the last one");
  await soon.until("the address", async () => /c\.zoom=1\.5/.test(await page.evaluate(() => location.hash)));
  const hash = await page.evaluate(() => location.hash);
  await open(hash);
  await soon.deepEqual(() => chosen(), before);
  await page.evaluate(() => { location.hash = "#c.x=time&c.zoom=nonsense&c.axis=7:what&other=1"; });
  await soon.until("another address", async () => (await page.evaluate(() => loss.xText())) === "minutes");
  await settle();
  await soon.equal(async () => (await chosen()).off, 0);
  await soon.match(() => page.evaluate(() => location.hash), /other=1/);

  // Fingers: a drag shows a part, two fingers zoom, a double tap shows the whole, a tap tells.
  await page.evaluate(() => { location.hash = ""; });
  await soon.until("epochs", async () => (await page.evaluate(() => loss.xText())) === "epoch");
  await settle();
  const session = await context.newCDPSession(page);
  const touch = (type, ...points) => session.send("Input.dispatchTouchEvent", {
    type, touchPoints: points.map(([x, y], id) => ({ x, y, id })),
  });
  const plot = await page.locator("#loss .u-over").boundingBox(), y = plot.y + 60, at = (share) => [plot.x + share * plot.width, y];
  await touch("touchStart", at(0.25));
  for (const share of [0.3, 0.4, 0.5]) await touch("touchMove", at(share));
  await touch("touchEnd");
  await soon.until("a part", async () => (await page.evaluate(() => loss.zoomed)) !== null);
  const part = await page.evaluate(() => loss.zoomed);
  assert.ok(Math.abs(part.min - 1.5) < 0.05 && Math.abs(part.max - 2) < 0.05, JSON.stringify(part));
  await touch("touchStart", at(0.25), at(0.75));
  for (const by of [0.05, 0.1, 0.15]) await touch("touchMove", at(0.25 + by), at(0.75 - by));
  await touch("touchEnd");
  await soon.until("a wider part", async () => (await page.evaluate(() => loss.zoomed && loss.zoomed.max - loss.zoomed.min)) > 0.9);
  await soon.until("the whole", async () => {
    for (let i = 0; i < 2; i++) {
      await touch("touchStart", at(0.5));
      await touch("touchEnd");
    }
    return (await page.evaluate(() => loss.zoomed)) === null;
  });
  await soon.until("what is touched", async () => (await page.locator("#loss .chart-tip").isVisible()));
  await page.evaluate(() => document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true })));

  // Keys zoom, too.
  await page.locator("#loss .chart-plot").focus();
  await page.keyboard.press("+");
  await soon.until("a part", async () => (await page.evaluate(() => loss.zoomed)) !== null);
  await page.keyboard.press("Escape");
  await soon.until("the whole", async () => (await page.evaluate(() => loss.zoomed)) === null);
  await page.locator("#loss .chart-plot").blur();

  // Charts speak the language of the page.
  await page.evaluate(() => { document.documentElement.lang = "zh-CN"; });
  await soon.until("Chinese", async () => (await page.locator("#loss .chart-axis").innerText()) === "对数");
  await soon.equal(() => note("#loss"), "最多 3 个种子的平均；阴影带：各种子的最小到最大");
  await page.locator("#loss .chart-menu > button").click();
  const own = /setting \d+|epoch|median|percentile|logit|Accuracy|Charts|loss!|One|SVG|PNG|CSV|EMA|SWA/g;
  const text = (await page.locator("body").innerText()).replace(own, "");
  assert.doesNotMatch(text, /[a-z]{4}/i, "English words in Chinese charts");
  await shot("chinese");
  await page.evaluate(() => { document.documentElement.lang = "en"; });
  await settle();
  await page.evaluate(() => document.querySelector("#accuracy .chart-menu button[aria-pressed]").click());
  await soon.until("a table", () => page.locator("#accuracy caption").count());
  await axe(page, "charts");

  // Where some curves are means of seeds and others have bands of their own, the note says both.
  await page.evaluate(() => [0, 1].forEach((seed) => accuracy.append({ name: "setting 2", seed }, [1, 2], [0.5, 0.6])));
  const both = /band: min to max over the seeds; band of a single run: 15th to 85th percentile/;
  await soon.until("both bands", async () => both.test(await note("#accuracy")));

  // An address may ask for times that nothing on the page has.
  await page.evaluate(() => {
    location.hash = "#d.x=time";
    const figure = document.querySelector("main").appendChild(document.createElement("figure"));
    const board = new charts.Board({ address: "d" });
    window.steps = board.add(figure, { title: "Steps", x: "epoch", lines: [{ name: "a", x: [1, 2], y: [1, 2] }] });
    board.setClock({ x: [0, 2], step: [0, 20] });
  });
  await settle();
  await soon.deepEqual(() => page.evaluate(() => [steps.x, steps.xText()]), [[1, 2], "epoch"]);
  assert.deepEqual(problems, []);
  await context.close();
};
