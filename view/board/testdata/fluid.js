// Uses the board of many runs. The argument is its address.

const fluid = require("fluid");

const [url] = process.argv.slice(2);

fluid(async (open) => {
  const { page, act } = await open(url);
  const filter = page.locator("#filter");
  for (const column of ["test", "name", "settings", "losses"]) {
    await act(`sort by ${column}`, () => page.locator(`.h-${column} button`).click());
  }
  await act("filter", () => filter.pressSequentially("adam run-4"));
  await act("show all", () => filter.fill(""));
  await act("filter by state", () => page.locator("#states").selectOption("completed"));
  await act("show all states", () => page.locator("#states").selectOption(""));
  const ticks = page.locator("#rows .tick input");
  await act("tick runs", async () => {
    for (let i = 2; i < 5; i++) await ticks.nth(i).check();
  });
  await act("untick them", () => page.locator("#none").click());
  await act("scroll", async () => {
    await page.locator("#rows tr").first().hover();
    for (let i = 0; i < 20; i++) await page.mouse.wheel(0, 1500);
  });
  await act("turn a page", () => page.locator(".paging button").last().click());
  await act("edit a run", () => page.locator("#rows .acts-cell button:visible").first().click());
  await act("leave it", () => page.keyboard.press("Escape"));
  await act("read it in Chinese", () => page.locator("#language").click());
  await act("read it in the dark", () => page.emulateMedia({ colorScheme: "dark" }));
  await act("read it on a phone", () => page.setViewportSize({ width: 390, height: 844 }));
  await act("order it there", () => page.locator("#order").selectOption("test:down"));
});
