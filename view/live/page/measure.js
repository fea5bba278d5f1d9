// What epochs are compared by, and the results as texts.

import { say } from "./language.js";
import { loss, share } from "./numbers.js";

// metric returns a metric of an epoch, undefined if it has none of that name. A curve of the accuracy is there without it.
export const metric = (e, name) => e.metrics?.find((m) => m.name === name && (e.no_classes || name !== "accuracy"));

// byLoss reports whether epochs are compared by the loss, if no metric chooses.
const byLoss = (run, e) => e.no_classes || run.chooses === "loss";

// judged returns the number by which e is compared with other epochs, null if nothing chooses: the metric that chooses, else the
// accuracy, or the loss if that chooses or if there are no classes.
export function judged(run, e) {
  const m = metric(e, run.chooses), of = byLoss(run, e) ? "loss" : "accuracy";
  if (m) return m[run.by] ?? null;
  return { validation: e[`validation_${of}`], test: e[`test_${of}`] }[run.by] ?? null;
}

export function better(run, e, than) {
  const m = metric(e, run.chooses), larger = m ? m.larger : !byLoss(run, e), v = judged(run, e);
  return v != null && (!than || (larger ? v > judged(run, than) : v < judged(run, than)));
}

// measured returns the name of what chooses, and its number in e on the test samples or those of validation. Without
// classes, any metric will do if any is set.
export function measured(run, e, on, any = false) {
  const m = metric(e, run.chooses) ?? (any && e.no_classes ? e.metrics?.[0] : null);
  if (m) return [m.name, m[on] == null ? "–" : charts.number(m[on], 4)];
  const of = byLoss(run, e) ? "loss" : "accuracy", v = e[`${on}_${of}`], name = say(`${of}Name`);
  if (v == null) return [name, "–"];
  return [name, of === "loss" ? loss(v) : share(v)];
}
