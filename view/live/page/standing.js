// How the settings of a study stand: each is the runs that differ only in their seed, and is judged by what those have reached
// that have ended, for now or for good. The rules are those of package study.

// places of numbers in an epoch's values, on the test samples; those on the validation samples follow.
const places = { loss: 0, accuracy: 1, metric: 4 };

// measureOf returns by what settings are compared: { name, kind }.
export function measureOf(state, search) {
  const { chooses, no_classes: classless } = state;
  if (chooses && chooses !== "accuracy" && chooses !== "loss") return { name: chooses, kind: "metric", larger: Boolean(state.larger) };
  if (classless || (search && chooses === "loss")) return { name: "loss", kind: "loss", larger: false };
  return { name: "accuracy", kind: "accuracy", larger: true };
}

// valueAt returns a number of an epoch's values, on the samples that choose if it has it there.
export function valueAt(values, kind, on) {
  const at = places[kind], step = kind === "metric" ? 1 : 2;
  return on === "validation" && values[at + step] != null ? values[at + step] : values[at];
}

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;

function spread(list) {
  if (list.length < 2) return null;
  const m = mean(list);
  return Math.sqrt(list.reduce((a, v) => a + (v - m) ** 2, 0) / (list.length - 1));
}

// moments returns the mean, the standard deviation and the number of values, null without any.
function moments(list) {
  return list.length === 0 ? null : { mean: mean(list), sd: spread(list), n: list.length };
}

// rested returns the values of the epoch at which a run last ended, null if it never has or has diverged.
function rested(run) {
  if (run.rested === 0 || run.reason === "diverged") return null;
  const i = run.epochs.findLastIndex((e) => e <= run.rested);
  return i < 0 ? null : run.values[i];
}

// standing returns the settings, the best first if anything chooses, and what counts of the runs.
export function standing(runs, state, search) {
  const measure = measureOf(state, search), bySetting = new Map();
  for (const run of runs) {
    if (!bySetting.has(run.setting)) bySetting.set(run.setting, []);
    bySetting.get(run.setting).push(run);
  }
  const rows = [...bySetting].map(([setting, list]) => {
    const ends = list.map(rested).filter(Boolean), take = (on) => ends.map((v) => valueAt(v, measure.kind, on)).filter((v) => v != null);
    return {
      setting, runs: list, judged: moments(take(state.by)), test: moments(take("test")),
      reached: Math.min(...list.map((r) => r.rested)), diverged: list.filter((r) => r.reason === "diverged").length,
      guessing: list.filter((r) => r.state === "over" && r.guesses).length,
    };
  });
  const sign = measure.larger ? -1 : 1, chooses = state.by !== "nothing"; // the test samples only report
  if (chooses) rows.sort((a, b) => {
    if (!a.judged || !b.judged) return (a.judged ? 0 : 1) - (b.judged ? 0 : 1);
    if (Boolean(a.diverged) !== Boolean(b.diverged)) return a.diverged ? 1 : -1;
    if (search && a.reached !== b.reached) return b.reached - a.reached;
    return sign * (a.judged.mean - b.judged.mean);
  });
  return { rows, counts: count(runs, state), measure, best: chooses ? rows.find((r) => r.judged) : undefined, chooses };
}

// statusOf returns what a run is doing: pending, training, paused, pruned, or why it is over.
export function statusOf(run, state) {
  if (run.state !== "over") return run.state;
  return run.reason === "paused" && state.state === "over" ? "pruned" : run.reason;
}

function count(runs, state) {
  const n = { over: 0, training: 0, pending: 0, paused: 0, pruned: 0, diverged: 0, guessing: 0 };
  for (const run of runs) {
    const is = statusOf(run, state);
    if (is === "training" || is === "pending" || is === "paused") n[is]++;
    else n.over++;
    if (is === "pruned") n.pruned++;
    if (is === "diverged") n.diverged++;
    else if (run.state === "over" && run.guesses) n.guessing++;
  }
  return n;
}
