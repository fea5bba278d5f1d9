// Looks for faults of a page's layout that axe-core does not know. Scripts of tests have it as require("look").

const assert = require("node:assert/strict");

// faults runs in the page, and returns what is wrong with it, as texts.
function faults() {
  const found = new Set();
  const own = (e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
  const name = (e) => `${e.tagName.toLowerCase()}${e.id && `#${e.id}`} “${e.textContent.trim().slice(0, 40)}”`;
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0 && !e.closest(".unseen");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);

  // Fingers reach what can be used: 24 pixels in both directions, as WCAG 2.2 has it. Links in a sentence are as high as
  // its lines, and what has a label is as large as that.
  for (const e of all("button, select, input, summary, textarea, a[href], [role=slider]")) {
    if (e.tagName === "A" && getComputedStyle(e).display === "inline" && e.parentElement.textContent.trim() !== e.textContent.trim()) continue;
    const boxes = [e, ...(e.labels ?? [])].map((x) => x.getBoundingClientRect());
    const width = Math.max(...boxes.map((b) => b.width)), height = Math.max(...boxes.map((b) => b.height));
    if (width < 23.9 || height < 23.9) found.add(`${name(e)} is ${width.toFixed(1)} × ${height.toFixed(1)} pixels`);
  }

  // What is chosen can be read, where there is room for it.
  for (const select of all("select")) {
    const copy = select.cloneNode(false), option = select.selectedOptions[0];
    if (!option) continue;
    copy.append(option.cloneNode(true));
    Object.assign(copy.style, { position: "absolute", visibility: "hidden", width: "auto", maxWidth: "none" });
    select.after(copy);
    const needed = copy.offsetWidth;
    copy.remove();
    const room = select.closest("main > *").clientWidth - 80;
    if (needed > select.offsetWidth + 1 && needed < room) found.add(`${name(option)} needs ${needed} pixels and has ${select.offsetWidth}`);
  }

  // Lines end between words. Hashes and paths, which are longer than a line, may end anywhere.
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  const lines = () => new Set([...range.getClientRects()].filter((r) => r.width > 0.5).map((r) => Math.round(r.bottom / 4))).size;
  while (nodes.nextNode()) {
    const node = nodes.currentNode, e = node.parentElement;
    if (!node.data.trim() || !shown(e) || e.closest("script, style, svg")) continue;
    range.selectNodeContents(node);
    if (lines() < 2) continue;
    for (const token of node.data.matchAll(/\S+/g)) {
      if (token[0].length > 32) continue;
      for (const word of token[0].matchAll(/[\p{Script=Latin}\d]+/gu)) {
        range.setStart(node, token.index + word.index);
        range.setEnd(node, token.index + word.index + word[0].length);
        if (lines() > 1) found.add(`“${token[0]}” of ${name(e)} is broken`);
      }
    }
    if (/^\p{Script=Han}{1,4}$/u.test(node.data.trim()) && e.closest("th, button, label")) found.add(`${name(e)} is broken`);
  }

  // Texts of drawings are large enough, and apart from each other.
  for (const svg of all("svg")) {
    const texts = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim()).map((t) => ({ t, box: t.getBoundingClientRect() }));
    for (const { t } of texts) {
      const size = parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().d;
      if (size < 9.9 || size > 17) found.add(`the text “${t.textContent}” is ${size.toFixed(1)} pixels high`);
    }
    texts.forEach(({ t, box: a }, i) => texts.slice(i + 1).forEach(({ t: other, box: b }) => {
      const beside = a.right + 1 < b.left || b.right + 1 < a.left, below = a.bottom < b.top + 3 || b.bottom < a.top + 3;
      if (!beside && !below) found.add(`“${t.textContent}” and “${other.textContent}” touch`);
    }));
  }

  // Nothing has to scroll sideways except what does so by itself, and nothing is cut without a mark.
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.add(`the page is ${scrollWidth} pixels wide, and its window ${clientWidth}`);
  for (const e of all("body *").filter((e) => own(e).length > 0)) {
    const { overflowX, textOverflow } = getComputedStyle(e);
    if (["hidden", "clip"].includes(overflowX) && textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1) found.add(`${name(e)} is cut`);
  }
  return [...found];
}

// look asserts that a page of playwright has no faults as it is, once it has come to rest. what names its state.
module.exports = async function look(page, what) {
  let found = [];
  for (let i = 0; i < 20; i++) { // charts take their width a moment after the window
    found = await page.evaluate(faults);
    if (found.length === 0) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.deepEqual(found, [], what);
};
