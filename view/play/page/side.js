// One of the two sides: its settings, its session and its panel.

import { say } from "./language.js";
import { number, percent } from "./numbers.js";
import { control } from "./controls.js";
import { Schedule } from "./schedule.js";
import { History } from "./curves.js";
import { own, structural } from "./state.js";
import * as picture from "./picture.js";
import * as layers from "./layers.js";

export class Side {
  // change is called when someone sets a setting of this side.
  constructor(name, begin, change) {
    this.name = name;
    this.begin = begin;
    this.history = new History();
    this.element = document.getElementById("side").content.firstElementChild.cloneNode(true);
    this.element.classList.add(name);
    this.find = (selector) => this.element.querySelector(selector);
    this.controls = new Map(own.filter((key) => key !== "schedule").map((key) => [key, control(key, (v) => change({ [key]: v }))]));
    this.find(".settings").append(...[...this.controls.values()].map((c) => c.element));
    this.schedule = new Schedule(this.find(".schedule"), change);
    this.told = null; // the settings that the session has
    this.speed = 0;
    this.wrong = "";
  }

  // write writes the texts that no data-word names.
  write() {
    this.element.querySelectorAll("h2").forEach((h) => (h.textContent = say("side", { name: this.name.toUpperCase() })));
    this.find(".settings legend").textContent = say("side.settings", { name: this.name.toUpperCase() });
    this.find(".scroll").setAttribute("aria-label", say("layers.side", { name: this.name.toUpperCase() }));
    this.controls.forEach((c) => c.write());
    this.schedule.write();
    if (this.frame) this.draw();
  }

  // set takes settings. The session learns of them with the next request.
  set(settings) {
    this.settings = settings;
    this.controls.forEach((c, key) => c.show(settings[key]));
    this.schedule.show(settings);
  }

  get changed() {
    return JSON.stringify(this.told) !== JSON.stringify(this.settings);
  }

  // ask asks the session for what request says, after it has told it the settings. wrong says then what is wrong with
  // them, until the session takes others, or with the request.
  async ask(request) {
    this.session ??= this.begin();
    const settings = this.settings, changed = this.changed;
    if (changed) request = { ...request, settings };
    this.told = settings;
    const started = performance.now(), reply = await this.session(request, settings);
    if (changed || reply.error) this.wrong = reply.error ?? "";
    this.refused = Boolean(reply.error) && !changed;
    this.restarted = this.trained = 0;
    if (reply.error) return;
    this.restarted = Boolean(reply.restarted);
    this.trained = (reply.trained ?? 0) / 1000;
    this.take(reply.frame, performance.now() - started);
  }

  take(frame, milliseconds) {
    if (this.restarted) this.history.clear();
    const steps = frame.step - (this.restarted ? 0 : this.frame?.step ?? 0);
    const speed = (1000 * steps) / Math.max(1, milliseconds);
    this.speed = this.speed > 0 ? 0.8 * this.speed + 0.2 * speed : speed;
    this.samples = frame.samples ?? (this.restarted ? null : this.samples);
    this.frame = frame;
    this.history.add(frame);
    if (frame.course) this.schedule.course(frame.course);
    this.schedule.reach(frame.epoch, this.restarted);
  }

  // stuck: to ask again changes nothing. The session has not begun, or refuses a request without new settings.
  get stuck() {
    return !this.frame || this.refused;
  }

  get done() {
    return this.frame?.ended || this.frame?.diverged;
  }

  draw(running = false) {
    const f = this.frame, canvas = this.find(".picture");
    picture.draw(canvas, f, this.samples);
    const what = f.test.accuracy === null ? say("picture.loss", { v: number(f.test.loss) }) : say("picture.accuracy", { v: percent(f.test.accuracy) });
    canvas.setAttribute("aria-label", say("picture", { name: this.name.toUpperCase(), what }));
    for (const part of ["test", "train"]) {
      this.find(`.${part}-loss`).textContent = number(f[part].loss);
      this.find(`.${part}-accuracy`).textContent = percent(f[part].accuracy);
      this.find(`.${part}-accuracy`).parentElement.hidden = f[part].accuracy === null;
    }
    this.find(".speed").textContent = say(running && this.speed > 0 ? "steps.fast" : "steps", {
      step: f.step.toLocaleString(), weights: f.weights.toLocaleString(), speed: Math.round(this.speed).toLocaleString(),
    });
    const notice = this.notice();
    if (this.find(".notice").textContent !== notice) this.find(".notice").textContent = notice;
    this.schedule.now(f.epoch);
    layers.draw(this.find("tbody"), f.layers);
  }

  // notice returns what goes wrong in the network.
  notice() {
    const f = this.frame, classes = f.confusion ? 10 : 2;
    if (f.diverged) return say("notice.diverged");
    const dead = Math.max(...f.layers.map((l) => l.dead ?? 0));
    if (dead >= 0.5) return say("notice.dead", { share: Math.round(100 * dead) });
    if (f.test.accuracy !== null && f.epoch >= 3 && !(f.train.loss < 0.99 * Math.log(classes))) return say("notice.guessing", { k: classes });
    if (f.step > 0 && f.layers[0].gradient !== null && f.layers[0].gradient < 1e-3 * f.layers.at(-1).gradient) return say("notice.vanishing");
    return "";
  }
}

// restarts reports whether a change of settings makes another network.
export const restarts = (before, after) => structural.some((key) => before[key] !== after[key]);
