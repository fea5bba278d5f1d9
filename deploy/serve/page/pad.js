// The drawing area: black strokes on a transparent canvas, which dark mode only shows inverted. A stroke is smoothed: a
// curve from middle to middle of the way between the points.

const get = (id) => document.getElementById(id);
const pad = get("pad"), pen = get("pen");
const ink = pad.getContext("2d");
export const side = pad.width;

ink.lineWidth = 0.075 * side;
ink.lineCap = ink.lineJoin = "round";

let changed = () => {};
let last = null; // the stroke's last point and the middle before it, while the pen is down

// begin calls do whenever something has been drawn.
export function begin(does) {
  changed = does;
}

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

function lift() {
  if (!last) return;
  stroke(last.x, last.y);
  last = null;
}

// wipe empties the drawing area.
export function wipe() {
  last = null;
  ink.clearRect(0, 0, side, side);
  pen.classList.remove("down");
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
