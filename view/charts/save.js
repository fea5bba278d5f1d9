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
    const rows = [], row = 18;
    let [x, y] = [0, 0];
    chart.curves.forEach((c, i) => {
      if (!chart.board.shows(c)) return;
      const text = chart.board.full(c), wide = 36 + charts.textWidth(text);
      if (x > 0 && x + wide > width) [x, y] = [0, y + row];
      const stroke = charts.stroke(c.kind), middle = stroke.mark ? charts.mark(stroke.mark, x + 13, y + 9) : "";
      const colour = charts.colour(chart.number(i + 1), colours);
      rows.push(element("path", { d: `M${x} ${y + 9}h26${middle}`, fill: "none", ...pen(colour, stroke) }));
      rows.push(label(x + 32, y + 13, text, { fill: colours.text }));
      x += wide + 14;
    });
    return { content: rows.join(""), height: y + row };
  }

  // svg returns the chart as SVG, and its size.
  function svg(chart) {
    const { u, board } = chart, colours = charts.light();
    const { offsetLeft: left, offsetTop: top, clientWidth: w, clientHeight: h } = u.over;
    const head = 34, names = legend(chart, u.width - 24, colours), note = chart.note.textContent;
    const width = u.width + 24, height = head + chart.height + names.height + (note ? 18 : 0) + 14;
    const grid = (d) => element("path", { d, stroke: colours.grid, "stroke-width": 1 });
    const axes = [
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
    const draw = (shapes) => Array.from(shapes, (s) => shape(s, colours)).join("");
    const shown = chart.curves.filter((c) => board.shows(c));
    const [lines, texts] = charts.behind(chart, u).map(([shapes]) => draw(shapes));
    const [under, middle, over, values] = charts.layers(chart, u, shown, board.lit).map(([shapes]) => draw(shapes));
    const plot = texts + element("g", { "clip-path": "url(#within)" }, lines + under + middle) + over + values;
    const content = [
      element("rect", { width, height, fill: colours.panel }),
      element("clipPath", { id: "within" }, element("rect", { x: -2, y: -2, width: w + 4, height: h + 4 })),
      label(12, 22, chart.title(), { fill: colours.text, "font-size": 15, "font-weight": 600 }),
      element("g", { transform: `translate(${12 + left} ${head + top})` }, axes.join("") + plot),
      element("g", { transform: `translate(12 ${head + chart.height + 4})` }, names.content),
      note ? label(12, height - 10, note, { fill: colours.soft, "font-size": 11 }) : "",
    ];
    const text = element("svg", {
      xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, "font-size": 12,
      "font-family": charts.font.replace("12px ", ""),
    }, content.join(""));
    return { text, width, height };
  }

  // png returns the chart as PNG, with two pixels for each of CSS.
  async function png(chart) {
    const { text, width, height } = svg(chart), picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  // csv returns the points of all lines as they are, without smoothing, one per row.
  function csv(chart) {
    const cell = (v) => (/[",\n\r]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : v ?? "");
    const clocked = chart.lines.some((l) => chart.board.clock(l));
    const banded = chart.lines.some((l) => l.low);
    const rows = [["name", "kind", "seed", chart.options.x, ...(clocked ? ["step", "seconds"] : []), "value"]];
    if (banded) rows[0].push("low", "high");
    for (const l of chart.lines) {
      const clock = chart.board.clock(l), more = clocked ? [clock?.step, clock?.seconds] : [];
      l.x.forEach((x, i) => rows.push([
        l.name, l.kind, l.seed, x, ...more.map((of) => (of ? Number(of(x).toPrecision(9)) : "")), l.y[i],
        ...(banded ? [l.low?.[i], l.high?.[i]] : []),
      ]));
    }
    return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  // save hands a file to the reader.
  async function save(chart, format) {
    const blob = {
      png: () => png(chart),
      svg: () => new Blob([svg(chart).text], { type: "image/svg+xml" }),
      csv: () => new Blob([csv(chart)], { type: "text/csv;charset=utf-8" }),
    };
    const url = URL.createObjectURL(await blob[format]());
    const name = chart.title().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "chart";
    Object.assign(document.createElement("a"), { href: url, download: `${name}.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  Object.assign(charts, { save, svg, csv });
})();
