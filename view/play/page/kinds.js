// The schedules that the page knows by heart: how each is spelt, and which points of its curve can be dragged. Others
// are entered as text. x counts epochs, y is a rate. epochs is the length of the run.

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const short = (v) => Number(v.toPrecision(2));
const count = (v, epochs) => Math.round(clamp(v, 1, Math.max(1, epochs - 1)));
const factor = (v) => clamp(Number(v.toPrecision(3)), 1e-6, 1);

// Each kind has a spec of its settings, the settings for a run of so many epochs, and the points. A point's move takes
// where it is dragged to and returns the settings that this changes. Every schedule except OneCycleLR begins at the
// rate, whose point schedule.js adds.
export const kinds = {
  none: { spec: () => "none", begin: () => ({}), points: () => [] },
  step: {
    spec: (p) => `StepLR(step_size=${p.step_size}, gamma=${p.gamma})`,
    begin: (epochs) => ({ step_size: count(epochs / 3, epochs), gamma: 0.1 }),
    points: (p, rate, epochs) => [{
      x: p.step_size, y: rate * p.gamma,
      move: (x, y) => ({ step_size: count(x, epochs), gamma: factor(y / rate) }),
    }],
  },
  milestones: {
    spec: (p) => `MultiStepLR(milestones=[${p.first}, ${p.second}], gamma=${p.gamma})`,
    begin: (epochs) => ({ first: count(epochs / 2, epochs), second: count(epochs * 0.75, epochs), gamma: 0.1 }),
    points: (p, rate, epochs) => [
      {
        x: p.first, y: rate * p.gamma,
        move: (x, y) => ({ first: Math.min(count(x, epochs), p.second - 1), gamma: factor(y / rate) }),
      },
      {
        x: p.second, y: rate * p.gamma ** 2,
        move: (x, y) => ({ second: Math.max(count(x, epochs), p.first + 1), gamma: factor(Math.sqrt(y / rate)) }),
      },
    ],
  },
  exponential: {
    spec: (p) => `ExponentialLR(gamma=${p.gamma})`,
    begin: (epochs) => ({ gamma: Number((0.01 ** (1 / epochs)).toPrecision(4)) }),
    points: (p, rate, epochs) => [{
      x: epochs / 2, y: rate * p.gamma ** (epochs / 2), upright: true,
      move: (x, y) => ({ gamma: clamp(Number((y / rate) ** (2 / epochs)).toPrecision(4), 0.01, 1) }),
    }],
  },
  cosine: {
    spec: (p) => `CosineAnnealingLR(T_max=${p.T_max}, eta_min=${p.eta_min})`,
    begin: (epochs) => ({ T_max: epochs, eta_min: 0 }),
    points: (p, rate, epochs) => [{
      x: p.T_max, y: p.eta_min,
      move: (x, y, bottom) => ({
        T_max: Math.round(clamp(x, 1, epochs)), eta_min: bottom ? 0 : Math.min(short(y), rate),
      }),
    }],
  },
  warmup: {
    spec: (p) => `WarmupLR(CosineAnnealingLR(T_max=${p.T_max}), total_iters=${p.total_iters})`,
    begin: (epochs) => ({ T_max: epochs - count(epochs / 10, epochs), total_iters: count(epochs / 10, epochs) }),
    points: (p, rate, epochs) => [{
      x: p.total_iters, y: rate, level: true,
      move: (x) => ({ total_iters: count(x, epochs), T_max: epochs - count(x, epochs) }),
    }],
  },
  onecycle: {
    spec: (p) => `OneCycleLR(max_lr=${p.max_lr}, pct_start=${p.pct_start})`,
    begin: (epochs, rate) => ({ max_lr: rate, pct_start: 0.3 }),
    points: (p, rate, epochs) => [{
      x: p.pct_start * epochs, y: p.max_lr,
      move: (x, y) => ({ max_lr: short(y), pct_start: clamp(Number((x / epochs).toFixed(2)), 0.02, 0.98) }),
    }],
    alone: true,
  },
  restarts: {
    spec: (p) => `CosineAnnealingWarmRestarts(T_0=${p.T_0})`,
    begin: (epochs) => ({ T_0: count(epochs / 4, epochs) }),
    points: (p, rate, epochs) => [{
      x: p.T_0, y: rate, level: true, move: (x) => ({ T_0: count(x, epochs) }),
    }],
  },
  plateau: {
    spec: (p) => `ReduceLROnPlateau(factor=${p.factor}, patience=${p.patience})`,
    begin: () => ({ factor: 0.1, patience: 5 }),
    points: () => [],
  },
};

// understand returns { kind, settings } of a spec, kind "other" for one that no kind spells so.
export function understand(spec) {
  for (const [kind, { spec: write, begin }] of Object.entries(kinds)) {
    const settings = {}, numbers = spec.match(/(?<![\w.])-?[\d.]+(?:e-?\d+)?/g) ?? [];
    const keys = Object.keys(begin(100, 0.1));
    if (keys.length !== numbers.length) continue;
    keys.sort((x, y) => place(write, begin, x) - place(write, begin, y));
    keys.forEach((key, i) => (settings[key] = Number(numbers[i])));
    if (write(settings) === spec) return { kind, settings };
  }
  return { kind: "other", settings: {} };
}

// place returns where in the spec a setting is.
function place(write, begin, key) {
  return write({ ...begin(100, 0.1), [key]: "#" }).indexOf("#");
}
