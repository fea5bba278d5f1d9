// The picture of what a network says: the plane with its classes, the curve of the sine, or the digits that it confuses.

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

// rgb returns the parts of a colour of the page.
function rgb(name) {
  probe.fillStyle = style(name);
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

const small = document.createElement("canvas");

// draw draws a frame on a canvas; samples are those of the first frame.
export function draw(canvas, frame, samples) {
  const g = canvas.getContext("2d");
  g.fillStyle = style("--panel");
  g.fillRect(0, 0, canvas.width, canvas.height);
  if (frame.boundary) plane(g, canvas, frame);
  if (samples) points(g, canvas, samples, frame.curve);
  if (frame.curve) curve(g, canvas, frame.curve, samples.box);
  if (frame.confusion) confusion(g, canvas, frame.confusion);
}

function plane(g, canvas, { boundary, side }) {
  const cells = Uint8Array.from(atob(boundary), (c) => c.charCodeAt(0));
  const [from, to, middle] = ["--line-3", "--line-4", "--panel"].map(rgb);
  small.width = small.height = side;
  const image = new ImageData(side, side);
  cells.forEach((v, i) => {
    const share = v / 127.5 - 1, end = share < 0 ? from : to, sure = Math.abs(share) * 0.6;
    for (let k = 0; k < 3; k++) image.data[4 * i + k] = middle[k] + (end[k] - middle[k]) * sure;
    image.data[4 * i + 3] = 255;
  });
  small.getContext("2d").putImageData(image, 0, 0);
  g.imageSmoothingQuality = "high";
  g.drawImage(small, 0, 0, canvas.width, canvas.height);
}

// points draws training samples as dots and test samples as rings.
function points(g, canvas, { box, train, test }, line) {
  const n = line ? 2 : 3, x = (v) => ((v - box[0]) / (box[1] - box[0])) * canvas.width;
  const y = (v) => (1 - (v - box[2]) / (box[3] - box[2])) * canvas.height;
  const colours = line ? [style("--soft")] : [style("--line-3"), style("--line-4")];
  g.lineWidth = 1.5;
  for (const [list, filled] of [[test, false], [train, true]]) {
    for (let i = 0; i < list.length; i += n) {
      g.beginPath();
      g.arc(x(list[i]), y(list[i + 1]), filled ? 3.6 : 3, 0, 7);
      if (filled) {
        g.fillStyle = colours[line ? 0 : list[i + 2]];
        g.fill();
      } else {
        g.strokeStyle = colours[line ? 0 : list[i + 2]];
        g.globalAlpha = 0.55;
        g.stroke();
        g.globalAlpha = 1;
      }
    }
  }
}

function curve(g, canvas, ys, box) {
  g.beginPath();
  ys.forEach((v, i) => {
    const x = (i / (ys.length - 1)) * canvas.width, y = (1 - (v - box[2]) / (box[3] - box[2])) * canvas.height;
    g[i ? "lineTo" : "moveTo"](x, Math.min(4000, Math.max(-4000, y)));
  });
  g.strokeStyle = style("--text");
  g.lineWidth = 3;
  g.stroke();
}

// confusion draws the classes as rows and what the network says as columns. The diagonal is right.
function confusion(g, canvas, counts) {
  const k = counts.length, left = 26, cell = (canvas.width - left) / k;
  const [panel, right, wrong] = ["--panel", "--line-3", "--hot"].map(rgb);
  g.font = "600 15px system-ui, sans-serif";
  g.textAlign = "center";
  g.textBaseline = "middle";
  counts.forEach((row, i) => {
    const all = Math.max(1, row.reduce((a, b) => a + b, 0));
    g.fillStyle = style("--soft");
    g.fillText(i, left / 2, left + (i + 0.5) * cell);
    g.fillText(i, left + (i + 0.5) * cell, left / 2);
    row.forEach((n, j) => {
      const share = Math.sqrt(n / all) * 0.85, end = i === j ? right : wrong;
      g.fillStyle = `rgb(${panel.map((p, c) => Math.round(p + (end[c] - p) * share)).join(" ")})`;
      g.fillRect(left + j * cell, left + i * cell, cell - 1.5, cell - 1.5);
      if (n === 0) return;
      g.fillStyle = style("--text");
      g.fillText(n, left + (j + 0.5) * cell - 0.75, left + (i + 0.5) * cell);
    });
  });
}
