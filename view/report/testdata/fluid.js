// Reads large pages. The argument is their folder.

const fluid = require("fluid");
const curves = require("curves");

const [dir] = process.argv.slice(2);

fluid(async (open) => {
  for (const name of ["long", "settings", "seeds"]) {
    console.log(`${name}.html`);
    const { page, act } = await open(`file://${dir}/${name}.html`);
    await curves({ page, act });
    const sort = page.locator("table.sortable th:first-child button");
    if (await sort.count()) {
      await act("sort a table", () => sort.first().click());
      await act("sort it the other way", () => sort.first().click());
    }
    for (const id of ["ranked", "colours", "groups", "reference"]) {
      const select = page.locator(`#${id}`);
      if (await select.count() && await select.isVisible()) await act(`choose ${id}`, () => select.selectOption({ index: 1 }));
    }
    const details = page.locator("#details summary").first();
    if (await details.count()) await act("open a run", () => details.click());
    for (const [i, button] of (await page.locator(".paging:visible button:last-of-type").all()).entries()) {
      await act(`turn a page of table ${i + 1}`, () => button.click());
    }
    await act("read it in Chinese", () => page.locator("#language").click());
    await act("scroll to the end", () => page.keyboard.press("Control+End"));
    await act("read it on a phone", () => page.setViewportSize({ width: 390, height: 844 }));
    await act("read it in the dark", () => page.emulateMedia({ colorScheme: "dark" }));
    await page.context().close();
  }
});
