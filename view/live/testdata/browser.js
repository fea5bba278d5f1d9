// Watches what trains at an address in Chromium. Arguments: the page's URL with the token, what trains there, which is the name
// of a script in this folder, what else that takes, and a folder for screenshots, or "". Needs playwright-core and Chromium, whose path
// is in CHROMIUM.

const { chromium } = require("playwright-core");
const { assert, opener } = require("./page.js");

const [url, what, ...rest] = process.argv.slice(2), folder = rest.pop();

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const problems = [], origin = new URL(url).origin;
  try {
    await require(`./${what}.js`)({ open: opener(browser, origin, problems), url, origin, rest, folder });
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
