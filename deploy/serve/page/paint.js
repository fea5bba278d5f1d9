// The pictures of layers. A colour says how far a number is from zero, in parts of the farthest: orange above it, blue
// below.

const dark = matchMedia("(prefers-color-scheme: dark)");
const palettes = {
  false: { zero: [233, 229, 221], above: [217, 72, 15], below: [24, 100, 171], before: "#8a8379", axis: "#6b665d" },
  true: { zero: [41, 41, 47], above: [255, 138, 76], below: [92, 167, 255], before: "#a09b92", axis: "#a09b92" },
};
const palette = () => palettes[dark.matches];
const css = (rgb) => `rgb(${rgb.join(",")})`;

// levelsOf returns the bytes of a layer's picture.
function levelsOf(l) {
  const text = atob(l.levels), levels = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) levels[i] = text.charCodeAt(i);
  return levels;
}

// coloursOf returns the colour of each level, four bytes each.
function coloursOf(l) {
  const { zero, above, below } = palette(), table = new Uint8ClampedArray(4 * 256);
  const most = Math.max(Math.abs(l.low), Math.abs(l.high)) || 1;
  for (let level = 0; level < 256; level++) {
    const value = (l.low + (level / 255) * (l.high - l.low)) / most, pole = value > 0 ? above : below;
    for (let c = 0; c < 3; c++) table[4 * level + c] = zero[c] + Math.abs(value) * (pole[c] - zero[c]);
    table[4 * level + 3] = 255;
  }
  return table;
}

// resize gives a canvas a size in pixels, and a width on the page.
function resize(canvas, width, height, shown) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${shown}px`;
  return canvas.getContext("2d");
}

// maps draws the maps of a layer side by side, with a line between them.
export function maps(canvas, l) {
  const [n, rows, columns] = l.shown, across = n <= 20 ? Math.min(n, 10) : 16, down = Math.ceil(n / across);
  const tile = n === 1 ? Math.min(384, 6 * columns) : Math.min(56, Math.max(12, 6 * columns));
  const width = across * (columns + 1) - 1, height = down * (rows + 1) - 1;
  const to = resize(canvas, width, height, across * tile), image = to.createImageData(width, height);
  const levels = levelsOf(l), colours = new Uint32Array(coloursOf(l).buffer), pixels = new Uint32Array(image.data.buffer);
  for (let m = 0, i = 0; m < n; m++) {
    const corner = Math.floor(m / across) * (rows + 1) * width + (m % across) * (columns + 1);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) pixels[corner + y * width + x] = colours[levels[i++]];
    }
  }
  to.putImageData(image, 0, 0);
}

// bars draws the numbers of a list as bars up and down from zero.
export function bars(canvas, l) {
  const levels = levelsOf(l), n = levels.length, each = n <= 40 ? 12 : n <= 200 ? 4 : 1, height = 64;
  const to = resize(canvas, n * each, height, n * each);
  const low = Math.min(0, l.low), high = Math.max(0, l.high), span = high - low || 1;
  const zero = (high / span) * (height - 1), { above, below, axis } = palette();
  to.clearRect(0, 0, canvas.width, height);
  levels.forEach((level, i) => {
    const value = l.low + (level / 255) * (l.high - l.low), top = ((high - value) / span) * (height - 1);
    to.fillStyle = css(value > 0 ? above : below);
    to.fillRect(i * each, Math.min(zero, top), Math.max(1, each - 1), Math.max(1, Math.abs(zero - top)));
  });
  to.fillStyle = axis;
  to.fillRect(0, Math.round(zero), canvas.width, 1);
}

// density draws how the numbers before and after a normalization are spread, on one axis, with a line at zero.
export function density(canvas, before, after) {
  const width = 480, height = 96, to = resize(canvas, width, height, width);
  const low = Math.min(0, before.low, after.low), high = Math.max(0, before.high, after.high), span = high - low || 1;
  const x = (value) => ((value - low) / span) * (width - 2) + 1;
  const shape = (l) => {
    const bin = (l.high - l.low) / l.counts.length || span / 100, all = l.counts.reduce((a, b) => a + b, 0) || 1;
    return l.counts.map((n, i) => ({ from: l.low + i * bin, to: l.low + (i + 1) * bin, y: n / all / bin }));
  };
  const parts = [shape(before), shape(after)], highest = Math.max(...parts.flat().map((b) => b.y)) || 1;
  const { above, before: grey, axis } = palette();
  to.clearRect(0, 0, width, height);
  parts.forEach((bins, after) => {
    to.fillStyle = to.strokeStyle = after ? css(above) : grey;
    to.lineWidth = 3;
    to.beginPath();
    to.moveTo(x(bins[0].from), height - 2);
    for (const b of bins) {
      const y = height - 2 - (b.y / highest) * (height - 6);
      to.lineTo(x(b.from), y);
      to.lineTo(x(b.to), y);
    }
    to.lineTo(x(bins.at(-1).to), height - 2);
    if (after) to.stroke();
    else to.fill();
  });
  to.fillStyle = axis;
  to.fillRect(x(0), 0, 2, height);
  to.fillRect(0, height - 2, width, 2);
}
