// Looks with axe-core for what keeps people from using a page. Scripts of tests have it as require("axe").

const assert = require("node:assert/strict");
const fs = require("node:fs");
const look = require("./look.js");

const source = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// axe asserts that axe-core and look find nothing in a page of playwright: in both schemes, as wide as the page is and as
// narrow as a phone. what names the state of the page.
module.exports = async function axe(page, what) {
  const size = page.viewportSize(), found = [];
  const scheme = await page.evaluate(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  await page.evaluate(source);
  for (const width of new Set([size.width, 390])) {
    await page.setViewportSize({ ...size, width });
    await look(page, `${what}, ${width} px`);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const violations = await page.evaluate(async () => {
        for (let i = 0; i < 3; i++) await new Promise((done) => requestAnimationFrame(done));
        await Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations === 1).map((a) => a.finished));
        const { violations } = await window.axe.run(document, { resultTypes: ["violations"], preload: false });
        const where = (n) => `${n.target.join(" ")}: ${n.failureSummary}`;
        return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(where).join("; ")}`);
      });
      found.push(...violations.map((text) => `${what}, ${colorScheme}, ${width} px: ${text}`));
    }
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: scheme });
  assert.deepEqual(found, []);
};
