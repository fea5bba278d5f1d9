// The curves of loss and accuracy of both sides.

import { say } from "./language.js";

const most = 600; // points of a curve

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
    Object.assign(this, { legend, element });
  }

  // begin makes the charts anew, in the language of the page. accuracy: the samples have classes.
  begin(accuracy) {
    this.accuracy = accuracy;
    this.legend.replaceChildren();
    const figures = [document.createElement("figure"), document.createElement("figure")];
    this.element.replaceChildren(...figures.slice(0, accuracy ? 2 : 1));
    const kinds = { test: say("test"), train: say("train") };
    this.board = new charts.Board({ legend: this.legend, kinds, address: "curves", smoothing: false });
    const { board } = this;
    const options = { x: say("epoch"), height: 200, switches: false };
    this.losses = board.add(figures[0], { ...options, title: say("loss"), log: true });
    this.accuracies = accuracy ? board.add(figures[1], { ...options, title: say("accuracy"), percent: true }) : null;
  }

  draw(a, b) {
    for (const [name, h] of [["A", a], ["B", b]]) this.board.setClock({ name, x: h.epoch, step: h.step });
    const lines = (train, test) => [["A", a], ["B", b]].flatMap(([name, h]) => [
      { name, kind: "test", x: h.epoch, y: h[test] }, { name, kind: "train", x: h.epoch, y: h[train] },
    ]);
    this.losses.set(lines("trainLoss", "testLoss"));
    this.accuracies?.set(lines("trainAccuracy", "testAccuracy"));
  }
}
