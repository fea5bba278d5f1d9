// Checks what stands below the answer: the layers, the command and the card, in both languages. The service has a token,
// a card, and a network without batch normalization beside the one with it.

const assert = require("node:assert/strict");
const axe = require("axe");
const soon = require("soon");
const { execFileSync } = require("node:child_process");

// seven draws a 7 by touch or by mouse.
async function seven(page, touch) {
  const box = await page.locator("#pad").boundingBox();
  const at = ([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  const points = [[0.28, 0.25], [0.5, 0.25], [0.72, 0.25], [0.66, 0.38], [0.6, 0.5], [0.53, 0.65], [0.46, 0.8]].map(at);
  if (touch) {
    const client = await page.context().newCDPSession(page);
    const send = (type, touchPoints) => client.send("Input.dispatchTouchEvent", { type, touchPoints });
    await send("touchStart", [points[0]]);
    for (const point of points) await send("touchMove", [point]);
    await send("touchEnd", []);
    return;
  }
  await page.mouse.move(points[0].x, points[0].y);
  await page.mouse.down();
  for (const point of points) await page.mouse.move(point.x, point.y, { steps: 4 });
  await page.mouse.up();
}

const until = (page, does, argument) => page.waitForFunction(does, argument, { timeout: 30000 });
const says = (page, id, text) => until(page, ([id, text]) => document.getElementById(id).textContent.includes(text), [id, text]);

// colours returns how many colours the canvases have, in their order.
const colours = (page, selector) => page.locator(selector).evaluateAll((all) => all.map((canvas) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`);
  return seen.size;
}));

async function wide(page) {
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth); // nothing has to scroll sideways
}

// words are texts of the page by language.
const words = {
  en: { title: "Draw a digit", other: "中文", empty: "There is no sample yet.", copied: "Copied", licence: "CC BY 4.0", on: "On test samples" },
  zh: { title: "写一个数字", other: "English", empty: "还没有样本。", copied: "已复制", licence: "CC BY 4.0", on: "测试集" },
};

async function check(browser, url, colorScheme, language, folder) {
  const phone = language === "zh", word = words[language];
  const context = await browser.newContext({
    colorScheme, hasTouch: phone, locale: phone ? "zh-CN" : "en-US",
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 }, deviceScaleFactor: 2,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage(), problems = [];
  let looked = 0;
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin + "/") && !request.url().startsWith("data:")) problems.push(request.url());
    if (new URL(request.url()).pathname === "/activations") looked++;
  });
  const name = (what) => ({ path: `${folder}/sections-${what}-${colorScheme}-${language}.png`, fullPage: true });

  // The browser's language, and the switch, which the address keeps.
  await page.goto(url);
  await says(page, "title", word.title);
  await soon.equal(() => page.locator("html").getAttribute("lang"), phone ? "zh-CN" : "en");
  await soon.equal(() => page.locator("#language").innerText(), word.other);
  await page.locator("#language").click();
  await says(page, "title", words[phone ? "en" : "zh"].title);
  await page.reload();
  await says(page, "title", words[phone ? "en" : "zh"].title);
  await page.locator("#language").click();
  await says(page, "title", word.title);

  // Nothing is asked for before the layers are shown, which the keyboard does.
  await seven(page, phone);
  await says(page, "digit", "7");
  assert.equal(looked, 0, "the page looks into the network unasked");
  await page.locator("#clear").click();
  await says(page, "digit", "–");
  await page.locator("#layers summary").focus();
  await page.keyboard.press("Enter");
  await says(page, "no-layers", word.empty);
  await page.locator("#pad").scrollIntoViewIfNeeded();
  await seven(page, phone);
  await until(page, () => document.querySelectorAll("#networks section").length === 2);
  await until(page, () => /^lenet-bn[:：] ?7, /.test(document.querySelector("#networks h2").textContent));
  await until(page, () => document.querySelectorAll("#networks li").length === 20 && document.querySelectorAll("#networks h2")[1].textContent);
  await soon.match(() => page.locator("#networks h2").nth(1).innerText(), /^lenet[:：]/);
  const kinds = page.locator("#networks section:first-child h3");
  await soon.deepEqual(() => kinds.allInnerTexts(), ["conv1", "conv1_bn", "ReLU", "MaxPool2D 2x2", "conv2", "conv2_bn", "ReLU", "MaxPool2D 2x2", "fc1", "ReLU", "fc2"]);
  for (const [what, least] of [["values", 3], ["density", 4]]) {
    const drawn = async () => (await colours(page, `#networks section:first-child .${what}`)).every((n) => n >= least);
    await soon.ok(drawn, `${what} of fewer than ${least} colours`);
  }
  const label = () => page.locator("#networks canvas").first().getAttribute("aria-label");
  await soon.match(label, /^conv1[,，] ?Conv2D 5x5[:：] ?10 × 24 × 24/);
  await wide(page);
  if (!phone) await axe(page, "the layers");
  if (folder) await page.screenshot(name("layers"));
  await page.locator("#only").check();
  await soon.equal(() => page.locator("#networks section:first-child li:visible").count(), 2);
  await page.locator("#only").uncheck();
  await soon.equal(() => page.locator("#networks section:first-child li:visible").count(), 11);
  await page.locator("#layers summary").click();

  // The command asks the same.
  await page.locator("#command summary").click();
  const command = await page.locator("#curl").innerText();
  await page.locator("#copy").click();
  await says(page, "copy", word.copied);
  await soon.equal(() => page.evaluate(() => navigator.clipboard.readText()), command);
  const token = new URL(url).searchParams.get("token");
  assert.ok(!command.includes(token), "the command has the token");
  try {
    execFileSync("curl", ["--version"]);
    const answer = JSON.parse(execFileSync("sh", ["-c", command], { env: { ...process.env, ANNEAL_TOKEN: token }, encoding: "utf8" }));
    assert.equal(answer.digit, 7);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  await soon.equal(async () => (await page.request.get(new URL("/openapi.yaml", url).href)).status(), 200);

  await page.locator("#card summary").click();
  for (const text of ["lenet-bn", word.licence, word.on, "99.00%", "SGD(lr=0.1)", "It was trained for a test."]) {
    await soon.ok(async () => (await page.locator("#facts").innerText()).includes(text), text);
  }
  await soon.equal(() => page.locator("#made tr").count(), 13);
  await wide(page);
  if (!phone) await axe(page, "the card");
  if (folder) await page.screenshot(name("card"));
  assert.deepEqual(problems, []);
  await context.close();
}

// One pass in light English with a mouse and one in dark Chinese by touch; with a folder for screenshots, all four.
module.exports = async (browser, url, folder) => {
  for (const scheme of ["light", "dark"]) {
    for (const language of ["en", "zh"]) {
      if (folder || (scheme === "light") === (language === "en")) await check(browser, url, scheme, language, folder);
    }
  }
};
