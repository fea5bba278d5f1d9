// A session in a worker: package view/play/wasm. It answers each message with one: a module with "ready", digits with
// "ready", and the text of a request with the text of the reply.
"use strict";

importScripts("wasm_exec.js");

onmessage = ({ data }) => {
  if (data.module) {
    self.ready = () => postMessage("ready");
    const go = new Go();
    WebAssembly.instantiate(data.module, go.importObject).then((instance) => go.run(instance));
  } else if (data.digits) {
    self.digits(new Uint8Array(data.digits));
    postMessage("ready");
  } else {
    self.ask(data.text, (reply) => postMessage(reply));
  }
};
