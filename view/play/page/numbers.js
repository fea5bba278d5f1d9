// How numbers are written.

// number writes a number with so many digits that count.
export function number(v, digits = 3) {
  if (v === null || v === undefined || !Number.isFinite(v)) return "–";
  if (v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5)) return v.toExponential(digits - 1).replace("e+", "e");
  return String(Number(v.toPrecision(digits)));
}

export const percent = (v) => (v === null || v === undefined ? "–" : `${(100 * v).toFixed(1)}\u202f%`);
