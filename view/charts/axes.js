// Axes: which values they show, their ranges, and their ticks.
"use strict";

(() => {
  const [leastShare, leastError] = [1e-3, 5e-5]; // a logit axis draws smaller shares and smaller distances to 1 here
  const logit = (v) => Math.log10(v / (1 - v)), logistic = (l) => 1 / (1 + 10 ** -l);

  // The axes of y. at is the place of a value on the axis, in any unit, and place the value that is drawn for it.
  const axes = {
    linear: {
      shows: () => true,
      place: (v) => v,
      at: (v) => v,
      range(low, high) {
        const largest = Math.max(Math.abs(low), Math.abs(high), 1e-12);
        if (high - low < 1e-9 * largest) return [low - largest / 2, high + largest / 2];
        if (low > 0 && low < high / 2) low = 0;
        const gap = 0.05 * (high - low);
        return [low === 0 ? 0 : low - gap, high + gap];
      },
      scale: { distr: 1 },
      ticks: linearTicks,
    },
    log: {
      shows: (v) => v > 1e-150,
      place: (v) => v,
      at: Math.log10,
      range(low, high) {
        if (high / low < 1.5) [low, high] = [low / 1.5, high * 1.5];
        const f = (high / low) ** 0.05;
        return [low / f, high * f];
      },
      scale: { distr: 3 },
      ticks: (low, high, fits) => curvedTicks(low, high, fits, (digit, e) => [Number(`${digit}e${e}`)]),
    },
    logit: {
      shows: (v) => v >= 0 && v <= 1,
      place: (v) => Math.min(Math.max(v, leastShare), 1 - leastError),
      at: logit,
      range(low, high) {
        let [from, to] = [logit(low), logit(high)];
        if (to - from < 0.35) [from, to] = [(from + to) / 2 - 0.175, (from + to) / 2 + 0.175];
        const gap = 0.05 * (to - from);
        return [logistic(from - gap), logistic(to + gap)];
      },
      scale: { distr: 100, fwd: logit, bwd: logistic },
      ticks: (low, high, fits) => curvedTicks(low, high, fits, (digit, e) => {
        if (e > -1) return [];
        const v = Number(`${digit}e${e}`);
        return [Number((1 - v).toPrecision(12)), v];
      }),
    },
  };

  // linearTicks returns multiples of 1, 2, 2.5 or 5 times a power of ten: as many as fit, and at least two.
  function linearTicks(low, high, fits, whole = false) {
    let best = [];
    for (let e = Math.ceil(Math.log10(high - low)); e > Math.log10(high - low) - 3; e--) {
      for (const digit of [5, 2.5, 2, 1]) {
        if (whole && !Number.isInteger(digit * 10 ** e)) continue;
        const step = Number(`${digit}e${e}`), first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
        if (last - first > 60) return best;
        const list = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
        if (best.length >= 2 && !fits(list)) return best;
        if (list.length > best.length) best = list;
      }
    }
    return best.length < 2 && whole ? linearTicks(low, high, fits) : best;
  }

  // curvedTicks returns powers of ten and, where they leave room, 2 and 5 times a power, and then the other digits. A
  // range in which these are few has multiples of one step. of returns the values for a digit and a power.
  function curvedTicks(low, high, fits, of) {
    const from = Math.floor(Math.log10(Math.min(low, 1 - high > 0 ? 1 - high : low))), to = Math.ceil(Math.log10(high));
    const powers = Array.from({ length: to - from + 1 }, (_, i) => to - i);
    const values = (digits, every = 1) => powers.filter((e) => e % every === 0).flatMap((e) => digits.flatMap((d) => of(d, e)));
    let every = 1;
    const inside = (v) => v >= low && v <= high;
    while (every < 64 && !fits(values([1], every).filter(inside))) every++;
    const ticks = values([1], every).filter(inside);
    const add = (more) => more.filter(inside).forEach((v) => fits([...ticks, v]) && !ticks.includes(v) && ticks.push(v));
    if (every === 1) add(values([5, 2]));
    if (ticks.length < 3) add(values([3, 4, 6, 7, 8, 9]));
    if (ticks.length < 3) {
      const even = linearTicks(low, high, fits);
      if (even.length > ticks.length) return even;
    }
    return ticks.sort((a, b) => a - b);
  }

  // ticks returns the values with ticks of an axis from low to high that is so many pixels long. size is the length of a
  // tick's text along the axis.
  function ticks(axis, low, high, { pixels, size, whole = false }) {
    const { at } = axes[axis], place = (v) => ((at(v) - at(low)) / (at(high) - at(low))) * pixels;
    const fits = (list) => {
      const all = list.map((v) => ({ at: place(v), half: size(v) / 2 })).sort((a, b) => a.at - b.at);
      return all.every((t, i) => i === 0 || t.at - t.half > all[i - 1].at + all[i - 1].half);
    };
    return high > low ? axes[axis].ticks(low, high, fits, whole) : [low];
  }

  // whole returns the range of an axis of epochs, steps or time. It begins at 0 if the first value is near 0.
  function whole(low, high) {
    if (low > 0 && low < high / 10) low = 0;
    if (high - low > 1) high = Math.ceil(high);
    return low === high ? [low === 0 || low === 1 ? 0 : low - 1, high + 1] : [low, high];
  }

  // number writes v: 0.001, 0.25, 200, 1e-5, 1e6.
  function number(v, digits = 12) {
    const rounded = Number(v.toPrecision(digits));
    if (rounded === 0 || (Math.abs(rounded) > 0.999e-3 && Math.abs(rounded) < 1e6)) return String(rounded);
    return rounded.toExponential().replace("e+", "e");
  }

  const percent = (v, digits = 6) => `${Number((100 * v).toPrecision(digits))}%`;

  // share writes v in percent with two digits after the point, or with more where they would read 0.00 or 100.00.
  function share(v) {
    const text = (100 * v).toFixed(2);
    if (v !== 0 && Number(text) === 0) return percent(v, 2);
    return v < 1 && Number(text) === 100 ? `${(100 * v).toFixed(Math.min(20, -Math.floor(Math.log10(100 * (1 - v)))))}%` : `${text}%`;
  }

  Object.assign(charts, { axes, ticks, whole, number, percent, share });
})();
