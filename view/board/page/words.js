// Every word of the page. A text with {name} has something else put there; a list has one text for 1 and one for others.
"use strict";

const words = {
  title: "Runs",
  studies: "Studies",
  tools: "Filter, sort and compare",
  caption: "Runs, one per row. The buttons in the head sort by their column.",

  filter: "Show runs with these words",
  filterHint: "Filter: words of names, notes, tags, settings",
  states: "Show runs in this state",
  order: "Sort by",
  allStates: "All states",
  ofState: "{state} ({n})",
  underWay: "under way",
  ended: "ended",
  wrong: "gone wrong",
  newest: "Newest first",
  oldest: "Oldest first",
  bestTest: "Best test result first",
  bestValidation: "Best validation result first",
  byName: "By name",

  name: "Run",
  date: "Date",
  settings: "Settings",
  losses: "Loss",
  validation: "Validation",
  test: "Test",
  state: "State",
  tick: "Compare",
  acts: "Actions",

  inFolder: "in {dir}",
  reading: "reading…",
  shown: ["{n} run", "{n} runs"],
  shownOf: ["{some} of {n} run", "{some} of {n} runs"],
  noRuns: "There is no run in this folder yet. Training writes one here: it appears as soon as it has begun.",
  noMatch: "No run has these words.",
  unreachable: "The program that serves this page does not answer. The page tries again.",

  compareNone: "Compare",
  compareOne: "Open the report",
  compareMany: "Compare {n} runs",
  compareHint: "Tick runs in the table to compare them",
  untick: "Untick all",
  tickRun: "Compare {run}",

  report: "Report",
  edit: "Name",
  delete: "Delete",
  reportOf: "Report about {run}",
  editOf: "Name {run}",
  deleteOf: "Delete {run}",
  runsOf: "Show its runs",
  reportOfStudy: "Report",
  reportOfStudyHint: "Report about the study {study}",
  runsOfHint: "Show the runs of {study}",
  begun: ["{some} of {n} run begun", "{some} of {n} runs begun"],
  training: "{n} under way",

  states_: {
    "training": "training", "completed": "completed", "stopped early": "stopped early", "interrupted": "interrupted",
    "diverged": "diverged", "killed": "killed", "damaged": "damaged",
  },
  epochOf: "epoch {epoch} of {epochs}",
  epochs: ["{n} epoch", "{n} epochs"],
  guesses: "guesses",
  seed: "seed {seed}",
  bestEpoch: "epoch {epoch}",
  lastEpoch: "after epoch {epoch}",
  lossesFrom: "Training loss from {first} to {last}",
  tag: "Show runs with the tag {tag}",
  on: "{date} on {host}",

  namingTitle: "Name {run}",
  note: "Note",
  tags: "Tags, with spaces between them",
  cancel: "Cancel",
  save: "Save",
  sureTitle: "Delete {run}?",
  sureText: "Its folder moves into {dir}/.deleted. It can be moved back from there, and takes its room on the disk until that folder is removed.",
  keep: "Keep it",
  saved: "{run} is named.",
  moved: "{run} is now {done}.",
  failed: "Not done: {error}.",
};

// word returns a text of the page with values put in.
function word(key, values = {}) {
  let text = words[key];
  if (Array.isArray(text)) text = text[values.n === 1 ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
