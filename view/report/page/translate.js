// The languages of the page. What it has is English; words.json has the Chinese of these texts, with names in braces where
// they have values. Nothing below an element with translate="no" is a text of the page, and charts have their own words.
"use strict";

const speak = (() => {
  const chinese = { __proto__: null, ...words }; // a run may be called constructor
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const rest = (key) => key.replace(/\{\w+\}/g, ""), literals = (key) => rest(key).length;
  const patterns = Object.keys(chinese).filter((key) => key.includes("{") && /[A-Za-z%]/.test(rest(key)))
    .sort((a, b) => literals(b) - literals(a)).map((key) => {
      const parts = key.split(/\{(\w+)\}/), match = parts.map((p, i) => (i % 2 ? "(.+?)" : escaped(p))).join("");
      return { key, names: parts.filter((_, i) => i % 2), match: new RegExp(`^${match}$`, "s") };
    });
  const known = new Map();

  // find returns the Chinese of an English text, or null if it has none.
  function find(english) {
    const text = english.replaceAll("\u00a0", " ");
    if (chinese[text] !== undefined) return chinese[text];
    if (!/[A-Za-z]/.test(text)) return null;
    if (known.has(text)) return known.get(text);
    let found = null;
    for (const { key, names, match } of patterns) {
      const m = match.exec(text);
      if (!m) continue;
      found = language.fill(chinese[key], (name) => {
        const value = m[names.indexOf(name) + 1];
        return find(value) ?? value;
      });
      break;
    }
    known.set(text, found);
    return found;
  }

  // text returns a text in the language of the page.
  const text = (english) => (language.code() === "en" ? english : find(english) ?? english);

  // phrase writes what package report has as a pattern with values.
  function phrase(p) {
    if (typeof p === "string") return p;
    if (Array.isArray(p)) return p.map(phrase).join(language.code() === "en" ? ", " : "、");
    const values = Object.fromEntries(Object.entries(p.values ?? {}).map(([name, v]) => [name, phrase(v)]));
    if (chinese[p.say] === undefined) return text(p.say);
    return language.say(p.say, values).replace(/(?<=[，。、：；（）]) | (?=[，。、：；（）])/g, "");
  }

  const kept = new WeakMap(); // of nodes and elements: what was English, and what was written in its place
  const named = ["aria-label", "title", "placeholder", "alt"];

  function write(of, name, get, set) {
    const all = kept.get(of) ?? {}, now = get();
    const english = all[name] && all[name].written === now ? all[name].english : now;
    const written = english.trim() ? english.replace(english.trim(), () => text(english.trim())) : english;
    if (!all[name] && written === now) return;
    kept.set(of, { ...all, [name]: { english, written } });
    if (written !== now) set(written);
  }

  // translated reports whether the page is in Chinese, or has been: else it is as it came.
  let ever = false;
  const translated = () => (ever ||= language.code() !== "en");

  // texts writes the texts below root, and yields after each.
  function* texts(root) {
    if (!translated()) return;
    const outside = "[translate=no], script, style, code, noscript, .chart, .charts-legend, [data-say]";
    const { FILTER_ACCEPT, FILTER_REJECT, SHOW_ELEMENT, SHOW_TEXT } = NodeFilter;
    const nodes = document.createTreeWalker(root, SHOW_ELEMENT | SHOW_TEXT, (node) => {
      if (node.nodeType === Node.ELEMENT_NODE && node.matches(outside)) return node.dataset.say ? FILTER_ACCEPT : FILTER_REJECT;
      return node.parentElement.closest("[data-say]") ? FILTER_REJECT : FILTER_ACCEPT;
    });
    for (; nodes.nextNode(); yield) {
      const node = nodes.currentNode;
      if (node.nodeType === Node.TEXT_NODE) {
        write(node, "text", () => node.data, (v) => { node.data = v; });
      } else if (node.dataset.say) {
        node.textContent = phrase(JSON.parse(node.dataset.say));
      } else {
        for (const name of named.filter((name) => node.hasAttribute(name))) {
          write(node, name, () => node.getAttribute(name), (v) => node.setAttribute(name, v));
        }
      }
    }
  }

  // now writes the texts below root at once.
  function now(root) {
    for (const _ of texts(root));
  }

  // all writes the texts of a page, a part of them at a time: it may have many.
  let turn = 0;
  async function all(page) {
    const mine = ++turn, pause = charts.pacer();
    for (const section of translated() ? page.children : []) {
      for (const _ of texts(section)) {
        await pause();
        if (mine !== turn) return; // the reader has changed the language again
      }
      await language.dress(section);
    }
    if (mine !== turn) return;
    document.documentElement.lang = language.tag();
    document.body.dataset.written = language.code();
  }

  const both = Object.fromEntries(Object.entries(chinese).map(([en, zh]) => [en, [en, zh]]));
  language.begin(both, new URL(location.href).searchParams.get("lang"));
  return { all, now, text, phrase, find };
})();
