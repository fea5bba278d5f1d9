// The command that asks the same from a terminal.

import { say } from "./language.js";

const get = (id) => document.getElementById(id);
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// commandOf returns the command for what the page has asked: {json}, a picture {file}, or nothing yet.
export function commandOf(model, asked) {
  const url = new URL("predict", document.baseURI);
  const parts = ["curl"];
  if (model.token) parts.push('-H "Authorization: Bearer $ANNEAL_TOKEN"');
  if (asked?.json) parts.push("-H 'Content-Type: application/json'", "-d", quoted(asked.json));
  else parts.push("--data-binary", quoted(`@${asked?.file ?? example(model)}`));
  return [...parts, quoted(url.href)].join(" ");
}

const example = (model) => (model.input === "digits" ? "digit.png" : model.input === "pictures" ? "picture.png" : "sample.json");

let timer; // of "copied"

// show shows the command.
export function show(model, asked) {
  get("curl").textContent = commandOf(model, asked);
  get("curl-about").textContent = say(model.token ? "curlToken" : "curlAbout");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(get("curl").textContent);
  } catch { // not on a page without TLS
    getSelection().selectAllChildren(get("curl"));
    document.execCommand("copy");
  }
  get("copy").textContent = say("copied");
  clearTimeout(timer);
  timer = setTimeout(() => { get("copy").textContent = say("copy"); }, 1500);
}

get("copy").addEventListener("click", copy);
