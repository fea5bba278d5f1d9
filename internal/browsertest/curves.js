// What readers do to the curves of a page, for fluid. Scripts of tests have it as require("curves").

// curves does all of it to the first board of a page: act is that of fluid.
module.exports = async function curves({ page, act }) {
  const legend = page.locator(".charts-legend").first(), chart = page.locator(".chart:visible").first();
  const over = chart.locator(".u-over"), names = legend.locator(".charts-names button");
  const [all, none] = [0, 1].map((i) => legend.locator("[role=group]:has(> input[type=search]) > button").nth(i));
  const click = (what, button, ...rest) => act(what, () => button.click(...rest));

  const first = legend.locator("button:visible").first(); // of a kind or a name, if there are several
  if (await first.count()) {
    await click("switch curves off", first);
    await click("switch them on", first);
  }
  if (await all.isVisible()) {
    await act("show one curve", () => names.nth(1).dblclick());
    await click("switch all curves on", all);
    await click("switch all curves off", none);
    await click("switch all curves on again", all);
    await act("point at names", async () => {
      for (let i = 0; i < 3; i++) await names.nth(i).hover();
    });
  }
  const search = legend.locator("input[type=search]");
  if (await search.isVisible()) {
    await act("filter the names", () => search.pressSequentially("12"));
    await act("show all names", () => search.fill(""));
  }

  await over.scrollIntoViewIfNeeded();
  const at = async (x, y, options) => {
    const box = await over.boundingBox();
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, options);
  };
  await act("move over a chart", async () => {
    await at(0.05, 0.1);
    for (let i = 0; i < 4; i++) await at(0.2 * (i + 1), i % 2 ? 0.2 : 0.9, { steps: 10 });
  });
  await act("zoom into a part", async () => {
    await at(0.3, 0.5);
    await page.mouse.down();
    await at(0.7, 0.5, { steps: 10 });
    await page.mouse.up();
  });
  await act("show the whole", () => over.dblclick());
  await act("move along a chart", async () => {
    await chart.locator(".chart-plot").focus();
    for (const key of ["ArrowRight", "ArrowRight", "End", "+", "-", "Escape"]) await page.keyboard.press(key);
  });
  for (const button of await page.locator(".chart:visible .chart-axis:visible").all()) await click("switch an axis", button);
  for (const select of await legend.locator("select:visible").all()) {
    const values = await select.locator("option:enabled").evaluateAll((list) => list.map((o) => o.value));
    const was = await select.inputValue();
    for (const value of [...values.filter((v) => v !== was), was]) {
      await act(`choose ${value}`, () => select.selectOption(value));
    }
  }
  const menu = chart.locator(".chart-menu > button"), items = chart.locator(".chart-menu > div > button");
  for (const [i, what] of ["save a PNG", "save an SVG", "save a CSV"].entries()) {
    await menu.click();
    await act(what, () => Promise.all([page.waitForEvent("download"), items.nth(i).click()]));
  }
  await menu.click();
  await click("open the table", items.nth(3));
  if (!await first.count()) return;
  await click("switch curves off above the table", first);
  await click("switch them on again", first);
};
