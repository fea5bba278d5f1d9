// Draws on the page in Chromium, and checks what the page says. With a picture file and the name of its class among the
// arguments it chooses the file instead; with row or tensor alone, it fills in a row or enters numbers, and with sections
// it does what sections.js says. Arguments: the page's URL, these, and a folder for screenshots, or "" for none. Needs
// playwright-core and Chromium, whose path is in CHROMIUM.

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const axe = require("axe");
const soon = require("soon");
const sections = require("./sections.js");

const [url, ...rest] = process.argv.slice(2), folder = rest.pop(), [file, name] = rest;

// Digits as lines through points, in parts of the drawing area's side.
const strokes = {
  7: [[[0.28, 0.25], [0.72, 0.25], [0.6, 0.5], [0.46, 0.8]]],
  4: [[[0.36, 0.2], [0.3, 0.52], [0.7, 0.52]], [[0.62, 0.2], [0.6, 0.82]]],
  3: [[[0.34, 0.22], [0.55, 0.18], [0.66, 0.3], [0.48, 0.47], [0.66, 0.6], [0.58, 0.78], [0.34, 0.76]]],
};

async function draw(page, digit) {
  const box = await page.locator("#pad").boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  for (const [first, ...rest] of strokes[digit]) {
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...at(point), { steps: 8 });
    await page.mouse.up();
  }
}

async function says(page, digit) {
  await page.waitForFunction((want) => document.getElementById("digit").textContent === want, String(digit), { timeout: 10000 });
}

async function check(browser, colorScheme) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 760 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => request.url().startsWith(new URL(url).origin + "/") || request.url().startsWith("data:") || problems.push("asks " + request.url()));
  const shot = (name) => folder && page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });

  await page.goto(url);
  await says(page, "–");
  await shot("empty");
  for (const digit of [4, 3, 7]) {
    await draw(page, digit);
    await says(page, digit);
    await soon.match(() => page.locator("#bars li.best").innerText(), new RegExp(`^${digit}\\s`));
    await shot(digit);
    if (digit !== 7) await page.keyboard.press("Escape");
    if (digit !== 7) await says(page, "–");
  }
  await soon.equal(() => page.locator("#bars li").count(), 10);
  await page.waitForFunction(() => /^7, \d+\.\d%$/.test(document.getElementById("status").textContent));
  if (colorScheme === "light") await axe(page, "a drawing");
  await soon.until("40 to 300 pixels of the small picture are lit", () => page.evaluate(() => {
    const { data } = document.getElementById("seen").getContext("2d").getImageData(0, 0, 28, 28);
    const lit = data.filter((v, i) => i % 4 === 0 && v > 0).length;
    return lit > 40 && lit < 300;
  }));

  // The keyboard alone: clear with the button, then a 1 from top to bottom.
  await page.locator("#clear").focus();
  await page.keyboard.press("Enter");
  await says(page, "–");
  await page.locator("#pad").focus();
  await page.keyboard.press("Space");
  for (let i = 0; i < 15; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await says(page, 1);
  await shot("keyboard");

  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  await shot("phone");
  assert.deepEqual(problems, []);
  await context.close();
}

// choose gives the page of a network that is not of digits a picture file.
async function choose(browser, colorScheme) {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 760 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  const shot = (what) => folder && page.screenshot({ path: `${folder}/file-${what}-${colorScheme}.png` });

  await page.goto(url);
  await page.waitForFunction(() => document.title === "anneal · classify a picture");
  await soon.equal(() => page.locator("h1").innerText(), "Classify a picture");
  await soon.ok(async () => !(await page.locator("#pad").isVisible()), "there is a drawing area");
  await soon.ok(async () => !(await page.locator("body").innerText()).includes("igit"), "the page is about digits");
  await soon.equal(() => page.locator("#bars li").count(), 3);
  await shot("empty");
  await page.setInputFiles("#file", file);
  await says(page, name);
  await soon.ok(async () => (await page.locator("#bars li.best").innerText()).startsWith(name));
  await soon.ok(() => page.locator("#given").isVisible());
  await page.waitForFunction((want) => document.getElementById("status").textContent.startsWith(want), name);
  const middle = () => page.evaluate(() => [...document.getElementById("seen").getContext("2d").getImageData(16, 16, 1, 1).data]);
  await soon.deepEqual(middle, [0, 200, 0, 255]);
  await shot("chosen");
  if (colorScheme === "light") await axe(page, "a picture");
  await page.locator("#command summary").click();
  await soon.match(() => page.locator("#curl").innerText(), /^curl --data-binary '@green.png' 'http.*\/predict'$/);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
  await shot("phone");
  assert.deepEqual(problems, []);
  await context.close();
}

// open opens the page, and returns what a check needs.
async function open(browser, colorScheme, width, height) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  // A cell that cannot be read is an answer with status 400, which Chromium reports as an error of the console.
  page.on("console", (message) => message.type() === "error" && !message.text().includes("400") && problems.push(message.text()));
  await page.goto(url);
  const close = async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
    if (folder) await page.screenshot({ path: `${folder}/${file}-phone-${colorScheme}.png`, fullPage: true });
    assert.deepEqual(problems, []);
    await context.close();
  };
  return { page, close, shot: (what) => folder && page.screenshot({ path: `${folder}/${file}-${what}-${colorScheme}.png` }) };
}

// fill fills in the row of a table.
async function fill(browser, colorScheme) {
  const { page, close, shot } = await open(browser, colorScheme, 1440, 900);
  await page.waitForFunction(() => document.title === "anneal · predict price");
  await soon.ok(async () => !(await page.locator("body").innerText()).includes("igit"), "the page is about digits");
  await shot("empty");
  await page.locator('[name=area]').fill("120");
  await says(page, "1010");
  await page.locator('[name=town]').selectOption("Graz");
  await says(page, "1020");
  await soon.equal(() => page.locator("#sure").innerText(), "price");
  await soon.ok(async () => !(await page.locator("#seen").isVisible()), "there is a picture");
  await shot("filled");
  await page.locator('[name=area]').fill("big");
  await page.waitForFunction(() => document.getElementById("status").textContent.includes('got "big", want a number'));
  await soon.equal(() => page.locator('[name=area]').getAttribute("aria-invalid"), "true");
  await says(page, "–");
  await shot("wrong");
  await page.locator('[name=area]').fill("80");
  await says(page, "1000");
  await soon.equal(() => page.locator('[name=area]').getAttribute("aria-invalid"), "false");
  await page.locator("#empty").click();
  await says(page, "–");
  await page.locator('[name=area]').fill("100");
  await says(page, "1000");

  // The rest of the page, in Chinese.
  await page.locator("#language").click();
  await page.waitForFunction(() => document.title === "anneal · 预测 price");
  await says(page, "1000");
  await soon.equal(() => page.locator('[name=area]').inputValue(), "100");
  for (const part of ["layers", "command", "card"]) await page.locator(`#${part} summary`).click();
  await page.waitForFunction(() => document.querySelectorAll("#networks canvas").length === 1);
  await soon.equal(() => page.locator("#networks h3").innerText(), "fc");
  await soon.match(() => page.locator("#curl").innerText(), /^curl -H 'Content-Type: application\/json' -d '{"area":"100","town":""}' 'http/);
  await soon.match(() => page.locator("#facts").innerText(), /2 列的表格数据/);
  await shot("chinese");
  if (colorScheme === "light") await axe(page, "a row");
  await close();
}

// enter enters numbers for a network with two labels.
async function enter(browser, colorScheme) {
  const { page, close, shot } = await open(browser, colorScheme, 1440, 900);
  await page.waitForFunction(() => document.title === "anneal · enter numbers");
  await page.locator("#numbers").fill("[[1, 2], [3, 4]]");
  await says(page, "red, round");
  await soon.equal(() => page.locator("#bars li.best").count(), 2);
  await shot("labels");
  if (colorScheme === "light") await axe(page, "numbers");
  await page.locator("#numbers").fill("[[-1, -2], [-3, -4]]");
  await says(page, "none");
  await page.locator("#numbers").fill("[1, 2");
  await page.waitForFunction(() => document.getElementById("status").textContent.includes("JSON"));
  await page.locator("#numbers").fill("[1, 2, 3, 4]");
  await says(page, "red, round");
  await page.locator("#layers summary").focus();
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelectorAll("#networks canvas").length === 1);
  await page.locator("#numbers").fill("[1, 2, 3");
  await page.waitForFunction(() => document.getElementById("status").textContent.includes("JSON"));
  await close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  try {
    if (file === "sections") return await sections(browser, url, folder);
    for (const scheme of ["light", "dark"]) await ({ row: fill, tensor: enter }[file] ?? (file ? choose : check))(browser, scheme);
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
