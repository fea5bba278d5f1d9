// Work that would keep readers waiting is done in turns, between which the page answers.
"use strict";

(() => {
  const most = 10; // milliseconds of work before a frame; layout and paint after it may take several times as long
  const jobs = [];
  let planned = false, waiting = false; // the first job waits for a promise
  const onward = (job) => job.next();
  let go = onward; // how the first job goes on

  // later does the work of a generator before the next frames, after all that waits already. Where it yields, it can be left
  // until the next frame; where it yields true, it is. Where it yields a promise, it goes on with the value of that.
  function later(job) {
    jobs.push(job());
    plan();
  }

  function plan() {
    if (planned || waiting || jobs.length === 0) return;
    planned = true;
    requestAnimationFrame(work);
  }

  function work() {
    planned = false;
    if (waiting) return; // others came in the turn in which it began to
    const end = performance.now() + most;
    try {
      for (let left = false; jobs.length && !left && performance.now() < end;) {
        const next = go;
        go = onward;
        const { done, value } = next(jobs[0]);
        if (done) jobs.shift();
        left = value === true || value instanceof Promise;
        if (value instanceof Promise) wait(value);
      }
    } finally {
      plan(); // what has thrown is done
    }
  }

  function wait(promise) {
    waiting = true;
    const again = (next) => {
      go = next;
      waiting = false;
      plan();
    };
    promise.then((value) => again((job) => job.next(value)), (error) => again((job) => job.throw(error)));
  }

  // pacer returns a function for work that is asynchronous: it waits for a moment when the work has taken as long as it may.
  function pacer() {
    let end = performance.now() + most;
    return async () => {
      if (performance.now() < end) return;
      await new Promise((done) => setTimeout(done));
      end = performance.now() + most;
    };
  }

  Object.assign(charts, { later, pacer, busy: () => jobs.length > 0 });
})();
