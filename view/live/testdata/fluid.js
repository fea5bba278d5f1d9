// Watches a long run or a large search. Arguments: "run" or "search", the address with the token, and the name of a file
// that lets it go on.

const fs = require("node:fs");
const fluid = require("fluid");
const curves = require("curves");

const [what, url, signal] = process.argv.slice(2);

const says = (page, id, text) => page.waitForFunction(
  ([id, text]) => document.getElementById(id).textContent === text, [id, text], { timeout: 300000 },
);

const watches = {
  async run(page, act) {
    await act("watch it train", async () => {
      fs.writeFileSync(signal, "");
      await says(page, "step", "step 10,000 of 10,000");
    });
    await act("reach over what there is", () => page.locator("#span").selectOption("now"));
  },
  async search(page, act) {
    await act("turn a page", () => page.locator(".paging button").last().click());
    await act("draw all curves", () => page.locator("#which").selectOption("all"));
    await act("see a run end", async () => {
      fs.writeFileSync(signal, "");
      await says(page, "over", "500");
    });
  },
};

fluid(async (open) => {
  const { page, act } = await open(url);
  await page.waitForFunction(() => document.querySelector("canvas"));
  await watches[what](page, act);
  await curves({ page, act });
  await act("read it in the dark", () => page.emulateMedia({ colorScheme: "dark" }));
  await act("read it on a phone", () => page.setViewportSize({ width: 390, height: 844 }));
  await act("read it in Chinese", () => page.locator("#language").click());
});
