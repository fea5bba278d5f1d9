// A session in a worker: package view/play/wasm. It answers each message with one: a module with "ready", digits with
// "ready", and the text of a request with the text of the reply.
"use strict";

importScripts("wasm_exec.js");

onmessage = ({ data }) => {
  if (data.module) {
    self.ready = () => postMessage("ready");
    const go = new Go();
    const fail = (error) => setTimeout(() => { throw error; }); // so that the page's onerror has it
    WebAssembly.instantiate(data.module, go.importObject).then((instance) => go.run(instance))
      .then(() => fail(new Error("the trainer has ended")), fail);
  } else if (data.digits) {
    self.digits(new Uint8Array(data.digits));
    postMessage("ready");
  } else {
    self.ask(data.text, (reply) => postMessage(reply));
  }
};
