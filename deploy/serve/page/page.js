// For a network of digits the page draws black strokes on a transparent canvas (dark mode only shows them inverted) and
// sends it as a PNG, one request at a time: when an answer comes and more has been drawn since, the newest picture goes
// next. For other networks it sends the picture file that it is given, the cells of a row, or numbers, as they change.

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

// The cells of a row. A long list of categories is one to type in, with suggestions.

const longest = 40;

function cellOf(column) {
  const label = document.createElement("label"), name = document.createElement("span");
  name.textContent = column.name;
  label.append(name);
  let cell;
  if (column.categories && column.categories.length <= longest) {
    cell = document.createElement("select");
    cell.append(new Option("", ""), ...column.categories.map((text) => new Option(text, text)));
  } else {
    cell = document.createElement("input");
    cell.inputMode = column.categories ? "text" : "decimal";
    if (!column.categories) cell.placeholder = short(column.mean);
  }
  if (column.categories && column.categories.length > longest) {
    const list = document.createElement("datalist");
    list.id = `of ${column.name}`;
    list.append(...column.categories.map((text) => new Option(text, text)));
    cell.setAttribute("list", list.id);
    label.append(list);
  }
  cell.name = column.name;
  label.append(cell);
  return label;
}

function emptyRow() {
  get("row").reset();
  document.body.classList.remove("drawn");
  drawing++;
  stale = false;
  show(null);
}

get("row").addEventListener("input", changed);
get("row").addEventListener("submit", (event) => event.preventDefault());
get("empty").addEventListener("click", emptyRow);
get("numbers").addEventListener("input", changed);

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
      answer = await predict(await question());
    } catch (error) {
      answer = { error: error.message };
    }
    if (mine === drawing) show(answer);
  }
  asking = false;
}

const json = (value) => new Blob([value], { type: "application/json" });

function question() {
  if (given) return given;
  if (model.input === "table") return json(JSON.stringify(Object.fromEntries([...get("row").elements].map((cell) => [cell.name, cell.value]))));
  if (model.input === "tensors") return json(JSON.stringify({ x: JSON.parse(get("numbers").value) }));
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
let model = { input: "digits", task: "classes", shape: [1, 28, 28], preprocess: "digit", classes: [..."0123456789"] };

const percent = (p) => (100 * p).toFixed(1) + "%";
const short = (value) => new Intl.NumberFormat("en", { maximumSignificantDigits: 6, useGrouping: false }).format(value);

function show(answer) {
  const wrong = answer?.error;
  status.classList.toggle("wrong", Boolean(wrong));
  for (const cell of get("row").elements) cell.setAttribute("aria-invalid", Boolean(wrong?.startsWith(`column ${cell.name}: `)));
  if (wrong) {
    clearTimeout(resting);
    status.textContent = wrong;
    if (["table", "tensors"].includes(model.input)) showAnswer(null);
    return;
  }
  const [name, sure] = showAnswer(answer);
  announce(answer ? `${name}, ${sure}` : "");
}

function showAnswer(answer) {
  const [name, sure] = model.task === "numbers" ? showValues(answer) : showClasses(answer);
  get("digit").textContent = name;
  get("sure").textContent = sure;
  showSeen(answer?.pixels);
  return [name, sure];
}

// showClasses shows the probability of each class, or of each label.
function showClasses(answer) {
  const best = answer?.labels ? model.classes.map((_, i) => answer.probabilities[i] >= 0.5) : model.classes.map((_, i) => i === (answer?.digit ?? answer?.class));
  model.classes.forEach((label, i) => {
    const bar = bars.children[i] ?? addBar(label), p = answer ? answer.probabilities[i] : 0;
    bar.classList.toggle("best", best[i]);
    bar.querySelector(".fill").style.width = 100 * p + "%";
    bar.querySelector(".share").textContent = percent(p);
  });
  if (!answer) return ["–", ""];
  const names = model.classes.filter((_, i) => best[i]);
  return answer.labels ? [names.join(", ") || "none", ""] : [names[0] ?? "–", percent(answer.probabilities[best.indexOf(true)])];
}

// showValues shows a number with its name, or the first hundred of several.
function showValues(answer) {
  bars.replaceChildren();
  const several = Object.entries(answer?.values ?? {}).flatMap(([name, value]) => {
    const flat = [value].flat(Infinity);
    return flat.map((number, i) => [flat.length > 1 ? `${name} ${i}` : name, short(number)]);
  });
  if (several.length === 1) return [several[0][1], several[0][0]];
  for (const [name, text] of several.slice(0, 100)) addBar(name).querySelector(".share").textContent = text;
  return [answer ? "" : "–", several.length > 0 ? `${several.length} numbers` : model.target?.name ?? ""];
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

// titleOf returns the title of the page of a network that is not one of digits.
function titleOf(network) {
  if (network.input === "table") return network.target ? `Predict ${network.target.name}` : "Classify a row";
  if (network.input === "tensors") return "Enter numbers";
  return network.task === "classes" ? "Classify a picture" : "Choose a picture";
}

// meet makes the page that of the network behind it. What it shows from the start is right for MNIST's.
function meet(network) {
  if (network.input === "digits" && network.task === "classes" && network.classes.join() === model.classes.join()) return;
  model = network;
  const [channels, height, width] = model.shape, body = document.body.classList;
  get("seen").width = width;
  get("seen").height = height;
  get("seen").setAttribute("aria-label", `The ${width} by ${height} pixels the network sees`);
  get("size").textContent = `${width} × ${height}`;
  bars.replaceChildren();
  bars.classList.toggle("values", model.task === "numbers");
  body.toggle("named", model.task !== "classes" || model.classes.some((name) => name.length > 2));
  body.toggle("files", model.input === "pictures");
  body.toggle("row", model.input === "table");
  body.toggle("tensor", model.input === "tensors");
  if (model.input === "table") get("row").replaceChildren(...model.columns.map(cellOf));
  const size = `${width} × ${height} pixels${channels === 1 ? " of grey" : ""}`, shape = model.x_shape.join(" × ");
  get("prepared").textContent = `It is scaled to ${size}, unless it has that size.`;
  get("wanted").textContent = `JSON: a list of ${shape} numbers, or lists of lists of that shape.`;
  get("numbers").placeholder = model.x_shape.length > 1 ? "[[1, 2], [3, 4]]" : "[1, 2, 3]";
  show(null);
  if (model.input === "digits") return;
  const title = titleOf(model);
  document.title = "anneal · " + title[0].toLowerCase() + title.slice(1);
  get("title").textContent = title;
  const about = model.input === "pictures" ? "The network says what it sees." : "The network answers while you type.";
  get("about").textContent = model.data ? `The network was trained on ${model.data}.` : about;
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
