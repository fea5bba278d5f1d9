// A side's schedule: its kind, its text, and its curve, whose points can be dragged or moved by the keyboard.

import { say } from "./language.js";
import { number } from "./numbers.js";
import { kinds, understand } from "./kinds.js";

const box = { left: 44, right: 12, top: 12, bottom: 24, height: 200 };
const inner = { height: box.height - box.top - box.bottom };

function svg(tag, attributes = {}) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  return e;
}

export class Schedule {
  // change is called with the settings that someone changes: schedule, rate or both.
  constructor(root, change) {
    this.change = change;
    this.drawing = root.querySelector(".course");
    this.kind = document.createElement("select");
    this.kind.name = "kind";
    for (const kind of [...Object.keys(kinds), "other"]) this.kind.append(new Option("", kind));
    this.text = document.createElement("input");
    Object.assign(this.text, { type: "text", name: "spec", spellcheck: false, autocomplete: "off" });
    root.querySelector(".spec").append(this.kind, this.text);
    this.kind.addEventListener("change", () => this.choose());
    this.text.addEventListener("change", () => change({ schedule: this.text.value.trim() || "none" }));
    this.grid = svg("g", { class: "grid" });
    this.lived = svg("path", { class: "past" });
    this.ahead = svg("path", { class: "ahead" });
    this.cursor = svg("line", { class: "cursor" });
    this.points = svg("g");
    this.drawing.append(this.grid, this.ahead, this.lived, this.cursor, this.points);
    this.drawing.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.drawing.addEventListener(end, () => this.drop());
    this.rates = [];
    this.past = [];
    this.held = null;
    this.axis = { low: -4, high: 0 };
    this.width = 420;
    new ResizeObserver(() => this.resize()).observe(this.drawing);
  }

  // resize draws as wide as there is room, so that texts keep their size.
  resize() {
    this.width = Math.max(160, this.drawing.clientWidth);
    this.drawing.setAttribute("viewBox", `0 0 ${this.width} ${box.height}`);
    if (!this.settings) return;
    this.scale();
    this.place();
    this.now(this.epoch);
  }

  get inner() { return this.width - box.left - box.right; }

  write() {
    this.kind.setAttribute("aria-label", say("schedule.kind"));
    this.text.setAttribute("aria-label", say("schedule.text"));
    this.drawing.setAttribute("aria-label", say("schedule.curve"));
    for (const o of this.kind.options) o.textContent = say(`schedule.${o.value}`);
    if (this.settings) this.show(this.settings);
  }

  // show takes the side's settings.
  show(settings) {
    this.settings = settings;
    this.understood = understand(settings.schedule);
    this.kind.value = this.understood.kind;
    if (document.activeElement !== this.text) this.text.value = settings.schedule;
    this.place();
  }

  choose() {
    const kind = kinds[this.kind.value], { epochs, rate } = this.settings;
    if (!kind) return this.text.focus();
    this.change({ schedule: kind.spec(kind.begin(epochs, rate)) });
  }

  // course takes the rates of the epochs, and draws them.
  course(rates) {
    this.rates = rates;
    this.scale();
    this.place();
  }

  // scale makes the axis fit, except while someone drags a point.
  scale() {
    if (this.held) return;
    const all = this.rates.concat(this.settings?.rate ?? []).filter((v) => v > 0);
    const most = Math.max(...all, 1e-6), least = Math.max(Math.min(...all), most * 1e-5);
    this.axis.high = Math.ceil(Math.log10(most * 1.3));
    this.axis.low = Math.min(Math.floor(Math.log10(least)), this.axis.high - 2);
    const marks = [];
    for (let e = this.axis.low; e <= this.axis.high; e++) {
      const y = this.y(10 ** e);
      const text = svg("text", { x: box.left - 10, y: y + 4, "text-anchor": "end" });
      text.textContent = e >= -3 && e <= 3 ? number(10 ** e) : `1e${e}`;
      marks.push(svg("line", { x1: box.left, x2: this.width - box.right, y1: y, y2: y }), text);
    }
    const epochs = this.settings?.epochs ?? 1;
    for (const share of [0, 0.5, 1]) {
      const x = box.left + share * this.inner;
      const text = svg("text", { x, y: box.height - 7, "text-anchor": ["start", "middle", "end"][2 * share] });
      text.textContent = share === 0.5 ? say("epoch.at", { n: number(epochs / 2) }) : number(share * epochs);
      marks.push(text);
    }
    this.grid.replaceChildren(...marks);
  }

  x(epoch) {
    return box.left + (epoch / this.settings.epochs) * this.inner;
  }

  y(rate) {
    const { low, high } = this.axis, at = rate > 0 ? Math.log10(rate) : low;
    return box.top + (1 - (Math.min(high, Math.max(low, at)) - low) / (high - low)) * inner.height;
  }

  // line draws rates that hold from one place to the next.
  line(xs, ys) {
    let d = "", last = null;
    xs.forEach((x, i) => {
      const y = this.y(ys[i]).toFixed(1), at = this.x(x).toFixed(1);
      d += last === null ? `M${at} ${y}` : y === last ? "" : `H${at}V${y}`;
      last = y;
    });
    return last === null ? "" : d;
  }

  // reach notes the rates of the epochs up to a position, which a later course does not change.
  reach(epoch, restarted) {
    if (restarted) this.past = [];
    const n = this.rates.length, until = Math.min(n, Math.ceil((epoch / this.settings.epochs) * n));
    for (let i = this.past.length; i < until; i++) this.past.push({ x: (i / n) * this.settings.epochs, y: this.rates[i] });
  }

  // now draws what has been, and where the run is.
  now(epoch) {
    this.epoch = epoch;
    if (!this.settings || epoch === undefined) return;
    const d = this.line(this.past.map((p) => p.x), this.past.map((p) => p.y));
    this.lived.setAttribute("d", d ? `${d}H${this.x(epoch).toFixed(1)}` : "");
    for (const [name, value] of Object.entries({ x1: this.x(epoch), x2: this.x(epoch), y1: box.top, y2: box.height - box.bottom })) {
      this.cursor.setAttribute(name, value);
    }
  }

  // place draws what is ahead, and the points.
  place() {
    if (!this.settings || this.rates.length === 0) return;
    const n = this.rates.length, { epochs, rate } = this.settings;
    const d = this.line(this.rates.map((_, i) => (i / n) * epochs), this.rates);
    this.ahead.setAttribute("d", `${d}H${this.x(epochs).toFixed(1)}`);
    const kind = kinds[this.understood.kind], list = [];
    if (!kind?.alone) list.push({ x: 0, y: rate, upright: true, rate: true });
    list.push(...(kind?.points(this.understood.settings, rate, epochs) ?? []));
    this.list = list;
    while (this.points.children.length > list.length) this.points.lastChild.remove();
    while (this.points.children.length < list.length) this.points.append(this.handle(this.points.children.length));
    list.forEach((p, i) => {
      const e = this.points.children[i];
      e.setAttribute("transform", `translate(${this.x(p.x)} ${this.y(p.y)})`);
      e.setAttribute("aria-label", say("schedule.point", { n: i + 1 }));
      e.setAttribute("aria-valuetext", say("schedule.at", { x: number(p.x), y: number(p.y) }));
      e.setAttribute("aria-valuenow", String(Number(p.y.toPrecision(3))));
      e.setAttribute("aria-valuemin", "0");
      e.setAttribute("aria-valuemax", "1000");
    });
  }

  handle(i) {
    const e = svg("g", { class: "handle", role: "slider", tabindex: "0" });
    e.append(svg("circle", { r: 18, class: "reach" }), svg("circle", { r: 6.5 }));
    e.addEventListener("pointerdown", (event) => {
      this.held = i;
      this.drawing.setPointerCapture(event.pointerId);
      e.focus();
      event.preventDefault();
    });
    e.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 1], ArrowRight: [1, 1], ArrowUp: [0, 10 ** 0.1], ArrowDown: [0, 10 ** -0.1] }[event.key];
      if (!step) return;
      event.preventDefault();
      const { x, y } = this.list[i], by = Math.max(1, this.settings.epochs / 100);
      this.move(i, x + step[0] * by, (y || 10 ** this.axis.low) * step[1]);
    });
    return e;
  }

  drag(event) {
    if (this.held === null) return;
    const r = this.drawing.getBoundingClientRect(), { low, high } = this.axis;
    const x = ((event.clientX - r.left) / r.width) * this.width - box.left;
    const y = 1 - (((event.clientY - r.top) / r.height) * box.height - box.top) / inner.height;
    const at = Math.min(1, Math.max(0, y));
    this.move(this.held, (x / this.inner) * this.settings.epochs, 10 ** (low + at * (high - low)), at === 0);
  }

  drop() {
    if (this.held === null) return;
    this.held = null;
    this.scale();
    this.place();
  }

  move(i, x, y, bottom = false) {
    const p = this.list[i], { kind, settings } = this.understood;
    if (!p) return;
    if (p.rate) return this.change({ rate: Number(y.toPrecision(2)) });
    this.change({ schedule: kinds[kind].spec({ ...settings, ...p.move(x, y, bottom) }) });
  }
}
