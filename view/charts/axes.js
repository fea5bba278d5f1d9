// Ranges, ticks and texts of axes, as in package report's figures, and the colours and strokes of what is drawn.
"use strict";

(() => {
  const font = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";
  const crowd = 9; // the largest number of curves that readers can tell apart
  const leastError = 5e-5; // on an axis for the share that is missing, 1 is drawn here

  // An axis for y: linear, log, or error, a logarithmic one for 1 − y.
  const axes = {
    linear: {
      shows: () => true,
      range(low, high) {
        const largest = Math.max(Math.abs(low), Math.abs(high), 1e-12);
        if (high - low < 1e-9 * largest) return [low - largest / 2, high + largest / 2];
        if (low > 0 && low < high / 2) low = 0;
        const gap = 0.05 * (high - low);
        return [low === 0 ? 0 : low - gap, high + gap];
      },
      scale: { distr: 1 },
    },
    log: {
      shows: (v) => v > 1e-150,
      range(low, high) {
        if (high / low < 1.5) [low, high] = [low / 1.5, high * 1.5];
        const f = (high / low) ** 0.05;
        return [low / f, high * f];
      },
      scale: { distr: 3 },
      ticks: (low, high) => logTicks(low, high),
    },
    error: {
      shows: (v) => v <= 1,
      range(low, high) {
        const [most, least] = axes.log.range(Math.max(1 - high, leastError), Math.max(1 - low, leastError));
        return [1 - least, 1 - most].map((v) => Math.max(v, -0.05));
      },
      scale: { distr: 100, fwd: (v) => -Math.log10(Math.max(1 - v, leastError / 10)), bwd: (v) => 1 - 10 ** -v },
      ticks: (low, high) => logTicks(Math.max(1 - high, leastError / 2), 1 - low).map(({ v, text }) => ({ v: 1 - v, text })).reverse(),
    },
  };

  // logTicks returns ticks at all single digits times powers of ten. The powers have texts and, if they are few, so
  // have 2 and 5 times a power.
  function logTicks(low, high) {
    const decades = Math.log10(high / low), every = Math.ceil(decades / 8);
    const ticks = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
      for (let digit = 1; digit <= 9; digit++) {
        const v = Number(`${digit}e${e}`);
        if (v < low || v > high) continue;
        ticks.push({ v, text: (digit === 1 && e % every === 0) || (decades < 3 && (digit === 2 || digit === 5)) || decades < 0.5 });
      }
    }
    return ticks;
  }

  // number writes v: 0.001, 0.25, 200, 1e-5, 1e6.
  function number(v, digits = 12) {
    const rounded = Number(v.toPrecision(digits));
    if (rounded === 0 || (Math.abs(rounded) > 0.999e-3 && Math.abs(rounded) < 1e6)) return String(rounded);
    return rounded.toExponential().replace("e+", "e");
  }

  const percent = (v, digits = 6) => `${Number((100 * v).toPrecision(digits))}%`;

  // The dashes of strokes, in CSS pixels. Seven names with different colours share the first dash, and so on.
  const colours = 7, dashes = [[], [7, 3], [2, 2], [9, 3, 2, 3], [5, 2, 2, 2, 2, 2]];
  const strokes = { test: { width: 2 }, train: { width: 1.5, dash: [4, 2.5] }, valid: { width: 1.5, dash: [9, 3] }, ema: { width: 1.5, dash: [8, 3, 2, 3] }, swa: { width: 1.5, dash: [8, 3, 2, 3, 2, 3] }, ahead: { width: 1.5, dash: [2, 3], alpha: 0.6 } };

  function stroke(number, kind) {
    return { dash: dashes[Math.floor(Math.max(0, number) / colours) % dashes.length], alpha: 1, ...(strokes[kind] ?? strokes.test) };
  }

  // theme reads the colours from the page's style. charts.css has them for both schemes.
  function theme() {
    const style = getComputedStyle(document.documentElement), get = (name) => style.getPropertyValue(`--${name}`).trim();
    return { ink: get("text"), soft: get("soft"), grid: get("grid"), lines: Array.from({ length: colours }, (_, i) => get(`line-${i + 1}`)) };
  }

  let current = null;
  const listeners = [];
  const colour = (n) => (n < 0 ? (current ??= theme()).soft : (current ??= theme()).lines[n % colours]);

  function changed() {
    current = theme();
    listeners.forEach((tell) => tell());
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
    const s = stroke(number, kind), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 22 8");
    svg.setAttribute("aria-hidden", "true");
    svg.classList.add("charts-swatch");
    const line = document.createElementNS(svg.namespaceURI, "path");
    for (const [name, value] of Object.entries({ d: "M1 4h20", "stroke-width": s.width + 0.5, "stroke-dasharray": s.dash.join(" ") || "none" })) line.setAttribute(name, value);
    line.style.stroke = number < 0 ? "var(--soft)" : `var(--line-${(number % colours) + 1})`;
    svg.append(line);
    return svg;
  }

  Object.assign(charts, {
    font, crowd, axes, logTicks, number, percent, stroke, swatch, colour,
    theme: () => (current ??= theme()),
    whenThemeChanges: (tell) => listeners.push(tell),
  });
})();
