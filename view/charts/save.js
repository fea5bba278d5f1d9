// What a reader can take out of a chart: a picture as SVG or PNG, and the numbers as CSV. Pictures have the light colours, the
// legend and the note of the chart.
"use strict";

(() => {
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

  const element = (tag, attributes, content) => {
    const list = Object.entries(attributes).filter(([, v]) => v !== undefined).map(([name, v]) => ` ${name}="${escape(v)}"`);
    return content === undefined ? `<${tag}${list.join("")}/>` : `<${tag}${list.join("")}>${content}</${tag}>`;
  };
  const label = (x, y, text, attributes) => element("text", { x, y, ...attributes }, escape(text));

  // shape returns the SVG of one of shapes.js.
  function shape(s, colours) {
    const colour = charts.colour(s.colour, colours);
    if (s.text !== undefined) return label(s.x, s.y, s.text, { fill: colour, "font-size": s.size, opacity: s.alpha });
    const d = s.kept?.d ?? s.d;
    if (s.fill) return element("path", { d, fill: colour, opacity: s.alpha });
    return element("path", { d, fill: s.hollow ? colours.panel : "none", ...pen(colour, s) });
  }

  const pen = (colour, { width, dash, alpha }) => ({
    stroke: colour, "stroke-width": width, "stroke-dasharray": dash?.join(" ") || undefined, opacity: alpha,
  });

  // legend returns the entries of the shown curves, in rows as wide as the picture, and their height.
  function legend(chart, width, colours) {
    const entries = [], row = 18;
    let [x, y] = [0, 0];
    for (const c of chart.curves) {
      if (!chart.board.shows(c)) continue;
      const text = chart.board.full(c), wide = 36 + charts.textWidth(text);
      if (x > 0 && x + wide > width) [x, y] = [0, y + row];
      const stroke = charts.stroke(c.kind), middle = stroke.mark ? charts.mark(stroke.mark, x + 13, y + 9) : "";
      const colour = charts.colour(chart.number(c), colours);
      const line = element("path", { d: `M${x} ${y + 9}h26${middle}`, fill: "none", ...pen(colour, stroke) });
      entries.push(line + label(x + 32, y + 13, text, { fill: colours.text }));
      x += wide + 14;
    }
    return { entries, height: y + row };
  }

  // axes returns the grid, the ticks and the names of a chart's axes.
  function axes(chart, colours) {
    const { u, board } = chart, { offsetLeft: left, clientWidth: w, clientHeight: h } = u.over;
    const grid = (d) => element("path", { d, stroke: colours.grid, "stroke-width": 1 });
    return [
      ...chart.ticks("x").map((v) => [u.valToPos(v, "x"), chart.tick(v, "x")]).flatMap(([x, text]) => [
        grid(`M${x} 0v${h}`), label(x, h + 16, text, { fill: colours.soft, "text-anchor": "middle" }),
      ]),
      ...chart.ticks("y").map((v) => [u.valToPos(v, "y"), chart.tick(v, "y")]).flatMap(([y, text]) => [
        grid(`M0 ${y}h${w}`), label(-6, y + 4, text, { fill: colours.soft, "text-anchor": "end" }),
      ]),
      label(w / 2, h + 38, chart.xText(), { fill: colours.soft, "text-anchor": "middle" }),
      label(0, 0, board.say(chart.options.y ?? ""), {
        fill: colours.soft, "text-anchor": "middle", transform: `translate(${12 - left} ${h / 2}) rotate(-90)`,
      }),
    ];
  }

  const long = 50000; // characters of SVG that take a while to draw

  // picture returns the chart as SVG: what is around the parts, and these, each over the one before it; and its size.
  async function picture(chart) {
    const { u, board } = chart, colours = charts.light(), pause = charts.pacer(), parts = [];
    const { offsetLeft: left, offsetTop: top, clientWidth: w, clientHeight: h } = u.over;
    const head = 34, names = legend(chart, u.width - 24, colours), note = chart.note.textContent;
    const width = u.width + 24, height = head + chart.height + names.height + (note ? 18 : 0) + 14;

    // add puts elements into groups with attributes.
    async function add(attributes, elements) {
      let text = "";
      const close = () => text && parts.push(element("g", attributes, text));
      for (const e of elements) {
        text += e;
        await pause();
        if (text.length < long) continue;
        close();
        text = "";
      }
      close();
    }
    const drawn = function* (shapes) { for (const s of shapes) yield shape(s, colours); };
    const open = { transform: `translate(${12 + left} ${head + top})` }, within = { ...open, "clip-path": "url(#within)" };
    const [lines, texts] = charts.behind(chart, u), shown = chart.curves.filter((c) => board.shows(c));
    const [under, middle, over, values] = charts.layers(chart, u, shown, board.lit);
    const title = label(12, 22, chart.title(), { fill: colours.text, "font-size": 15, "font-weight": 600 });
    await add({}, [element("rect", { width, height, fill: colours.panel }), title]);
    await add(open, [...axes(chart, colours), ...drawn(texts[0])]);
    for (const [shapes] of [lines, under, middle]) await add(within, drawn(shapes));
    for (const [shapes] of [over, values]) await add(open, drawn(shapes));
    await add({ transform: `translate(12 ${head + chart.height + 4})` }, names.entries);
    if (note) await add({}, [label(12, height - 10, note, { fill: colours.soft, "font-size": 11 })]);

    const clip = element("clipPath", { id: "within" }, element("rect", { x: -2, y: -2, width: w + 4, height: h + 4 }));
    const attributes = {
      xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, "font-size": 12,
      "font-family": charts.font.replace("12px ", ""),
    };
    return { parts, width, height, around: (text) => element("svg", attributes, clip + text) };
  }

  async function svg(chart) {
    const { parts, around } = await picture(chart);
    return around(parts.join(""));
  }

  const pixels = 4e6; // of a PNG, about

  // png returns the chart as PNG, with two pixels for each of CSS unless it is very large. Its parts are drawn in frames of
  // their own.
  async function png(chart) {
    const { parts, width, height, around } = await picture(chart);
    const scale = Math.min(2, Math.sqrt(pixels / (width * height)));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(scale * width), height: Math.round(scale * height) });
    for (const part of parts) {
      const image = Object.assign(new Image(), { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(around(part))}` });
      await image.decode();
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      await new Promise((done) => requestAnimationFrame(done));
    }
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  // csv returns the points of all lines as they are, without smoothing, one per row.
  async function csv(chart) {
    const cell = (v) => (/[",\n\r]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : v ?? "");
    const clocked = chart.lines.some((l) => chart.board.clock(l)), banded = chart.lines.some((l) => l.low);
    const rows = [], pause = charts.pacer(), add = (...cells) => rows.push(`${cells.map(cell).join(",")}\r\n`);
    add("name", "kind", "seed", chart.options.x, ...(clocked ? ["step", "seconds"] : []), "value", ...(banded ? ["low", "high"] : []));
    for (const l of chart.lines) {
      const clock = chart.board.clock(l), more = clocked ? [clock?.step, clock?.seconds] : [];
      for (const [i, x] of l.x.entries()) {
        const when = more.map((of) => (of ? Number(of(x).toPrecision(9)) : ""));
        add(l.name, l.kind, l.seed, x, ...when, l.y[i], ...(banded ? [l.low?.[i], l.high?.[i]] : []));
        if (i % 100 === 0) await pause();
      }
    }
    return `\ufeff${rows.join("")}`;
  }

  // save hands a file to the reader.
  async function save(chart, format) {
    const make = {
      png,
      svg: async () => new Blob([await svg(chart)], { type: "image/svg+xml" }),
      csv: async () => new Blob([await csv(chart)], { type: "text/csv;charset=utf-8" }),
    };
    const url = URL.createObjectURL(await make[format](chart));
    const name = chart.title().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "chart";
    Object.assign(document.createElement("a"), { href: url, download: `${name}.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  Object.assign(charts, { save, svg, csv });
})();
