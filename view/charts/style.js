// What curves look like: a colour for each setting, a stroke for each kind, in the scheme of the reader.
"use strict";

(() => {
  const font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans CJK SC', sans-serif";
  const crowd = 9; // the largest number of curves that readers can tell apart
  const colours = 16; // in charts.css

  // Training is dashed, and nothing else is. Other kinds have a mark at some of their points.
  const strokes = {
    test: { width: 2 }, train: { width: 1.5, dash: [5, 3] }, valid: { width: 1.25, mark: "circle" }, ema: { width: 1.25, mark: "square" },
    swa: { width: 1.25, mark: "diamond" }, ahead: { width: 1.5, alpha: 0.5 },
  };
  const stroke = (kind) => ({ dash: [], alpha: 1, ...(strokes[kind] ?? strokes.test) });

  // mark returns the path of a mark around a point.
  function mark(shape, x, y, r = 3.5) {
    switch (shape) {
      case "circle": return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
      case "square": return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;
      default: return `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`;
    }
  }

  // read reads the colours from the page's style. charts.css has them for both schemes.
  function read() {
    const style = getComputedStyle(document.documentElement), get = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      text: get("text"), soft: get("soft"), grid: get("grid"), panel: get("panel"),
      lines: Array.from({ length: colours }, (_, i) => get(`line-${i + 1}`)),
    };
  }

  let current = null;
  const listeners = [];
  const theme = () => (current ??= read());
  const colour = (n, of = theme()) => (n < 0 ? of.soft : of.lines[n % colours]);

  function changed() {
    current = read();
    listeners.forEach((tell) => tell());
  }

  // light returns the colours of the light scheme, in which pictures are saved.
  function light() {
    const root = document.documentElement, was = root.classList.contains("printing");
    root.classList.add("printing");
    const colours = read();
    root.classList.toggle("printing", was);
    return colours;
  }

  // Printed pages are light in either scheme.
  function printing(on) {
    document.documentElement.classList.toggle("printing", on);
    changed();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  matchMedia("print").addEventListener("change", (e) => printing(e.matches));
  addEventListener("beforeprint", () => printing(true));
  addEventListener("afterprint", () => printing(false));

  // swatch returns a piece of a line for a legend.
  function swatch(number, kind) {
    const s = stroke(kind), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 22 8");
    svg.setAttribute("aria-hidden", "true");
    svg.classList.add("charts-swatch");
    const path = document.createElementNS(svg.namespaceURI, "path"), middle = s.mark ? mark(s.mark, 11, 4, 2.6) : "";
    const attributes = {
      d: `M1 4h20${middle}`, "stroke-width": s.width + 0.5, "stroke-dasharray": s.dash.join(" ") || "none", "stroke-opacity": s.alpha,
    };
    for (const [name, value] of Object.entries(attributes)) path.setAttribute(name, value);
    path.style.stroke = number < 0 ? "var(--soft)" : `var(--line-${(number % colours) + 1})`;
    svg.append(path);
    return svg;
  }

  Object.assign(charts, { font, crowd, stroke, mark, swatch, colour, theme, light, whenThemeChanges: (tell) => listeners.push(tell) });
})();
