// Plays for 10,000 steps. The argument is the page's address.

const fluid = require("fluid");
const curves = require("curves");

const [url] = process.argv.slice(2);

fluid(async (open) => {
  const { page, act } = await open(`${url}#epochs=5000&a.norm=none&b.norm=batch`);
  const trained = (n) => page.waitForFunction((n) => ["a", "b"].every((side) => {
    const text = document.querySelector(`.${side} .speed`).textContent;
    return Number(text.match(/[\d,]+/)?.[0].replaceAll(",", "")) >= n;
  }), n, { timeout: 300000 });
  await page.locator("#speed").selectOption("0"); // as fast as it can
  await act("train", async () => {
    await page.locator("#run").click();
    await trained(9000);
  }, { rests: false });
  await act("read it in Chinese while it trains", () => page.locator("#language").click(), { rests: false });
  await act("train on", () => trained(10000), { rests: false });
  await act("pause", () => page.locator("#run").click());
  await curves({ page, act });
  await act("read it in the dark", () => page.emulateMedia({ colorScheme: "dark" }));
  await act("read it on a phone", () => page.setViewportSize({ width: 390, height: 844 }));
  await act("begin a lesson", () => page.locator("#next").click());
});
