// For a network of digits the page draws black strokes on a transparent canvas (dark mode only shows them inverted) and
// sends it as a PNG, one request at a time: when an answer comes and more has been drawn since, the newest picture goes
// next. For any other network it sends the picture files that it is given.

const get = (id) => document.getElementById(id);
const pad = get("pad"), pen = get("pen"), bars = get("bars"), status = get("status");
const ink = pad.getContext("2d"), seen = get("seen").getContext("2d");
const side = pad.width, sent = 140;

ink.lineWidth = 0.075 * side;
ink.lineCap = ink.lineJoin = "round";

// Drawing. A stroke is smoothed: a curve from middle to middle of the way between the points.

let last = null; // the stroke's last point and the middle before it, while the pen is down

function press(x, y) {
  last = { x, y, mx: x, my: y };
  ink.beginPath();
  ink.arc(x, y, ink.lineWidth / 2, 0, 2 * Math.PI);
  ink.fill();
  changed();
}

function stroke(x, y) {
  const mx = (last.x + x) / 2, my = (last.y + y) / 2;
  ink.beginPath();
  ink.moveTo(last.mx, last.my);
  ink.quadraticCurveTo(last.x, last.y, mx, my);
  ink.stroke();
  last = { x, y, mx, my };
  changed();
}

function changed() {
  document.body.classList.add("drawn");
  ask();
}

function lift() {
  if (!last) return;
  stroke(last.x, last.y);
  last = null;
}

function clear() {
  last = null;
  ink.clearRect(0, 0, side, side);
  pen.classList.remove("down");
  document.body.classList.remove("drawn");
  drawing++;
  stale = false;
  show(null);
}

function place(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * side, (event.clientY - box.top) / box.height * side];
}

pad.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  pad.setPointerCapture(event.pointerId);
  pen.hidden = true;
  press(...place(event));
});

pad.addEventListener("pointermove", (event) => {
  if (!last || !event.isPrimary || !pad.hasPointerCapture(event.pointerId)) return;
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length ? moves : [event]) stroke(...place(move));
});

for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, (event) => event.isPrimary && lift());

// The keyboard's pen.

const at = { x: side / 2, y: side / 4 };
const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function showPen() {
  pen.hidden = false;
  pen.style.left = 100 * at.x / side + "%";
  pen.style.top = 100 * at.y / side + "%";
  pen.classList.toggle("down", last !== null);
}

pad.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === " ") {
    if (event.repeat) return event.preventDefault();
    last ? lift() : press(at.x, at.y);
  } else if (event.key in steps) {
    const [dx, dy] = steps[event.key];
    at.x = Math.min(side, Math.max(0, at.x + dx * side / 28));
    at.y = Math.min(side, Math.max(0, at.y + dy * side / 28));
    if (last) stroke(at.x, at.y);
  } else {
    return;
  }
  event.preventDefault();
  showPen();
});

pad.addEventListener("focus", () => pad.matches(":focus-visible") && showPen());
pad.addEventListener("blur", () => {
  lift();
  pen.hidden = true;
});
addEventListener("keydown", (event) => event.key === "Escape" && clear());
get("clear").addEventListener("click", clear);

// Picture files.

let given = null; // the file

function take(file) {
  if (!file || !document.body.classList.contains("files")) return;
  given = file;
  const img = get("given");
  img.onload = () => img.classList.toggle("small", img.naturalWidth <= 128);
  const reader = new FileReader(); // the page's policy allows no blob: URL
  reader.onload = () => { img.src = reader.result; };
  reader.readAsDataURL(file);
  img.alt = file.name;
  img.hidden = false;
  drawing++;
  changed();
}

get("file").addEventListener("change", (event) => take(event.target.files[0]));
addEventListener("paste", (event) => take(event.clipboardData.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  get("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    get("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files[0]);
  });
}

// Asking.

let drawing = 0, asking = false, stale = false;

async function ask() {
  stale = true;
  if (asking) return;
  asking = true;
  while (stale) {
    stale = false;
    const mine = drawing;
    let answer;
    try {
      answer = await predict(await picture());
    } catch (error) {
      answer = { error: error.message };
    }
    if (mine === drawing) show(answer);
  }
  asking = false;
}

function picture() {
  if (given) return given;
  const small = new OffscreenCanvas(sent, sent), to = small.getContext("2d");
  to.imageSmoothingQuality = "high";
  to.drawImage(pad, 0, 0, sent, sent);
  return small.convertToBlob({ type: "image/png" });
}

async function predict(blob) {
  let response;
  try {
    response = await fetch("predict", { method: "POST", headers: { "Content-Type": blob.type }, body: blob });
  } catch {
    throw new Error("The server does not answer.");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

// Showing.

let resting; // the timer of announce
let model = { shape: [1, 28, 28], preprocess: "digit", classes: [..."0123456789"] };

const percent = (p) => (100 * p).toFixed(1) + "%";

function show(answer) {
  const wrong = answer?.error;
  status.classList.toggle("wrong", Boolean(wrong));
  if (wrong) {
    clearTimeout(resting);
    status.textContent = wrong;
    return;
  }
  const best = answer ? answer.digit ?? answer.class : -1;
  const name = model.classes[best] ?? "–", sure = answer ? percent(answer.probabilities[best]) : "";
  get("digit").textContent = name;
  get("sure").textContent = sure;
  model.classes.forEach((label, i) => {
    const bar = bars.children[i] ?? addBar(label), p = answer ? answer.probabilities[i] : 0;
    bar.classList.toggle("best", i === best);
    bar.querySelector(".fill").style.width = 100 * p + "%";
    bar.querySelector(".share").textContent = percent(p);
  });
  showSeen(answer?.pixels);
  announce(answer ? `${name}, ${sure}` : "");
}

// showSeen draws the pixels of a sample, [C, H, W], in grey or, with three channels, in colour.
function showSeen(pixels) {
  const [channels, height, width] = model.shape, image = seen.createImageData(width, height), plane = height * width;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels ? pixels[i + (channels === 3 ? c * plane : 0)] : 0;
    image.data[4 * i + 3] = 255;
  }
  seen.putImageData(image, 0, 0);
}

function addBar(label) {
  const bar = document.createElement("li");
  bar.innerHTML = `<span></span><span class="track" aria-hidden="true"><span class="fill"></span></span><span class="share"></span>`;
  bar.firstChild.textContent = label;
  bars.append(bar);
  return bar;
}

// meet makes the page that of the network behind it. What it shows from the start is right for MNIST's.
function meet(network) {
  if (network.preprocess === "digit" && network.classes.join() === model.classes.join()) return;
  model = network;
  const [channels, height, width] = model.shape;
  get("seen").width = width;
  get("seen").height = height;
  get("seen").setAttribute("aria-label", `The ${width} by ${height} pixels the network sees`);
  get("size").textContent = `${width} × ${height}`;
  bars.replaceChildren();
  document.body.classList.toggle("named", model.classes.some((name) => name.length > 2));
  show(null);
  if (model.preprocess === "digit") return;
  document.body.classList.add("files");
  document.title = "anneal · classify a picture";
  get("title").textContent = "Classify a picture";
  get("about").textContent = model.data ? `The network was trained on ${model.data}.` : "The network says what it sees.";
  const size = `${width} × ${height} pixels${channels === 1 ? " of grey" : ""}`;
  get("prepared").textContent = `It is scaled to ${size}, unless it has that size.`;
}

// announce tells a screen reader, once the drawing rests.
function announce(text) {
  clearTimeout(resting);
  resting = setTimeout(() => { status.textContent = text; }, 700);
}

show(null);
fetch("model")
  .then((response) => response.json())
  .then((network) => network.error ? show(network) : meet(network))
  .catch(() => show({ error: "The server does not answer." }));
