// The curves of loss and accuracy of both sides.

import { say } from "./language.js";

const most = 600; // points of a curve
const texts = { // of charts, in the language of the page
  loss: () => say("loss"), accuracy: () => say("accuracy"), epoch: () => say("epoch"), test: () => say("test"), train: () => say("train"),
};

// History is what a side has been through. It keeps at most twice as many points as most.
export class History {
  constructor() {
    this.clear();
  }

  clear() {
    Object.assign(this, { epoch: [], step: [], trainLoss: [], testLoss: [], trainAccuracy: [], testAccuracy: [] });
  }

  add(f) {
    if (this.epoch.at(-1) === f.epoch) return;
    const next = {
      epoch: f.epoch, step: f.step, trainLoss: f.train.loss, testLoss: f.test.loss,
      trainAccuracy: f.train.accuracy, testAccuracy: f.test.accuracy,
    };
    const thin = this.epoch.length >= 2 * most;
    for (const [key, value] of Object.entries(next)) {
      if (thin) this[key] = this[key].filter((_, i) => i % 2 === 0);
      this[key].push(value);
    }
  }
}

export class Curves {
  constructor(legend, element) {
    const figures = [document.createElement("figure"), document.createElement("figure")];
    element.append(...figures);
    const kinds = { test: "test", train: "train" }, options = { x: "epoch", height: 200, switches: false };
    const spoken = (text) => texts[text]?.() ?? text;
    this.board = new charts.Board({ legend, kinds, say: spoken, address: "curves", smoothing: false });
    this.losses = this.board.add(figures[0], { ...options, title: "loss", log: true });
    this.accuracies = this.board.add(figures[1], { ...options, title: "accuracy", percent: true });
    this.ofAccuracy = figures[1];
  }

  // draw draws both sides. classes: the samples have classes, and so there are accuracies.
  draw(a, b, classes) {
    for (const [name, h] of [["A", a], ["B", b]]) this.board.setClock({ name, x: h.epoch, step: h.step });
    const lines = (train, test) => [["A", a], ["B", b]].flatMap(([name, h]) => [
      { name, kind: "test", x: h.epoch, y: h[test] }, { name, kind: "train", x: h.epoch, y: h[train] },
    ]);
    this.losses.set(lines("trainLoss", "testLoss"));
    this.ofAccuracy.hidden = !classes;
    this.accuracies.set(classes ? lines("trainAccuracy", "testAccuracy") : []);
  }
}
