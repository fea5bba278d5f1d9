// For a network of digits the page sends what is drawn as a PNG, one request at a time: when an answer comes and more has
// been drawn since, the newest picture goes next. For other networks it sends the picture file that it is given, the cells
// of a row, or numbers, as they change. Where what the layers compute is shown, that is asked for after each answer.

import { begin, code, say, swap, write } from "./language.js";
import words from "./words.js";
import * as pad from "./pad.js";
import * as row from "./row.js";
import * as verdict from "./answer.js";
import * as layers from "./layers.js";
import * as card from "./card.js";
import * as curl from "./curl.js";

const get = (id) => document.getElementById(id);
const status = get("status"), sent = 140;
const parameters = new URLSearchParams(location.search);
let model = {
  input: "digits", task: "classes", shape: [1, 28, 28], x_shape: [1, 28, 28], preprocess: "digit", classes: [..."0123456789"],
};
let given = null; // the picture file
let asked = null; // what the last answer is about: {json} or {file}
let shown = null; // the last answer

begin(words, parameters.get("lang"));

function changed() {
  document.body.classList.add("drawn");
  ask();
}

function clear() {
  pad.wipe();
  get("row").reset();
  document.body.classList.remove("drawn");
  drawing++;
  stale = false;
  asked = null;
  show(null);
  layers.show(model, null);
  curl.show(model, asked);
}

pad.begin(changed);
addEventListener("keydown", (event) => event.key === "Escape" && model.input === "digits" && clear());
for (const id of ["clear", "empty"]) get(id).addEventListener("click", clear);

// Picture files.

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

get("row").addEventListener("input", changed);
get("row").addEventListener("submit", (event) => event.preventDefault());
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
    let answer, blob;
    try {
      blob = await question();
      answer = await post("predict", blob);
    } catch (error) {
      answer = { error: error.message };
    }
    const text = blob?.type === "application/json" ? await blob.text() : "";
    if (mine !== drawing) continue;
    if (!answer.error) remember(text, answer);
    show(answer);
    if (layers.wanted() && !answer.error) await look(blob, mine);
  }
  asking = false;
}

// look asks what the layers compute.
async function look(blob, mine) {
  let all = null;
  try {
    all = await post("activations", blob);
  } catch (error) {
    if (mine === drawing) get("no-layers").textContent = error.message;
    return;
  }
  if (mine === drawing) await layers.show(model, all);
}

// remember keeps what was asked, as JSON text if it was, for the command. A drawing is what the network saw of it.
function remember(text, answer) {
  if (given) asked = { file: given.name };
  else asked = { json: text || JSON.stringify({ pixels: answer.pixels }) };
  curl.show(model, asked);
}

const json = (value) => new Blob([value], { type: "application/json" });

function question() {
  if (given) return given;
  if (model.input === "table") return json(JSON.stringify(row.cells()));
  if (model.input === "tensors") return json(JSON.stringify({ x: JSON.parse(get("numbers").value) }));
  const small = new OffscreenCanvas(sent, sent), to = small.getContext("2d");
  to.imageSmoothingQuality = "high";
  to.drawImage(get("pad"), 0, 0, sent, sent);
  return small.convertToBlob({ type: "image/png" });
}

async function post(path, blob) {
  let response;
  try {
    response = await fetch(path, { method: "POST", headers: { "Content-Type": blob.type }, body: blob });
  } catch {
    throw new Error(say("silent"));
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

// Showing.

let resting; // the timer of announce

function show(answer) {
  shown = answer;
  const wrong = answer?.error;
  status.classList.toggle("wrong", Boolean(wrong));
  row.mark(wrong);
  if (wrong) {
    clearTimeout(resting);
    status.textContent = wrong;
    if (["table", "tensors"].includes(model.input)) {
      verdict.show(model, null);
      layers.show(model, null);
    }
    return;
  }
  const [name, sure] = verdict.show(model, answer);
  announce(answer ? `${name}, ${sure}` : "");
}

// announce tells a screen reader, once the drawing rests.
function announce(text) {
  clearTimeout(resting);
  resting = setTimeout(() => { status.textContent = text; }, 700);
}

// titleOf returns the title of the network's page.
function titleOf() {
  if (model.input === "digits") return say("digitTitle");
  if (model.input === "table") return model.target ? say("targetTitle", { name: model.target.name }) : say("rowTitle");
  if (model.input === "tensors") return say("numbersTitle");
  return say(model.task === "classes" ? "pictureTitle" : "chooseTitle");
}

// tell writes all texts in the language.
function tell() {
  write();
  const [channels, height, width] = model.shape, size = `${width} × ${height}`, title = titleOf();
  document.title = "anneal · " + title[0].toLowerCase() + title.slice(1);
  get("title").textContent = title;
  const about = { digits: "digitAbout", pictures: "pictureAbout", table: "typeAbout", tensors: "typeAbout" }[model.input];
  get("about").textContent = model.data && model.input !== "digits" ? say("trainedOn", { data: model.data }) : say(about);
  get("prepared").textContent = say(channels === 1 ? "preparedGrey" : "prepared", { size });
  get("wanted").textContent = say("wanted", { shape: model.x_shape.join(" × ") });
  get("seen").setAttribute("aria-label", say("seen", { width, height }));
  card.show(model);
  curl.show(model, asked);
  if (layers.again() === null) layers.show(model, null);
  if (!shown?.error) show(shown);
}

// meet makes the page that of the network behind it. What it shows from the start is right for MNIST's.
function meet(network) {
  const digits = network.input === "digits" && network.task === "classes" && network.classes.join() === model.classes.join();
  model = network;
  if (!digits) reshape();
  tell();
}

function reshape() {
  const [, height, width] = model.shape, body = document.body.classList;
  get("seen").width = width;
  get("seen").height = height;
  get("size").textContent = `${width} × ${height}`;
  get("bars").replaceChildren();
  get("bars").classList.toggle("values", model.task === "numbers");
  body.toggle("named", model.task !== "classes" || model.classes.some((name) => name.length > 2));
  body.toggle("files", model.input === "pictures");
  body.toggle("row", model.input === "table");
  body.toggle("tensor", model.input === "tensors");
  if (model.input === "table") row.begin(model.columns);
  get("numbers").placeholder = model.x_shape.length > 1 ? "[[1, 2], [3, 4]]" : "[1, 2, 3]";
}

get("language").addEventListener("click", () => {
  swap();
  tell();
  parameters.set("lang", code());
  history.replaceState(null, "", `?${parameters}${location.hash}`);
});
get("layers").addEventListener("toggle", () => layers.wanted() && document.body.classList.contains("drawn") && ask());

// load asks which network there is, again and again while it is being loaded.
async function load() {
  let response, network;
  try {
    response = await fetch("model");
    network = await response.json();
  } catch {
    return show({ error: say("silent") });
  }
  if (response.status === 503) setTimeout(load, 1000);
  if (network.error) return show(network);
  if (shown?.error) shown = null;
  meet(network);
}

tell();
load();
