// Work that would keep readers waiting is done in turns, between which the page answers.
"use strict";

(() => {
  const most = 10; // milliseconds of work before a frame; layout and paint after it may take several times as long
  const jobs = [];
  let planned = false;

  // later does the work of a generator before the next frames, after all that waits already. Where it yields, it can be left
  // until the next frame; where it yields true, it is.
  function later(job) {
    jobs.push(job());
    plan();
  }

  function plan() {
    if (planned || jobs.length === 0) return;
    planned = true;
    requestAnimationFrame(work);
  }

  function work() {
    planned = false;
    const end = performance.now() + most;
    try {
      for (let left = false; jobs.length && !left && performance.now() < end;) {
        const { done, value } = jobs[0].next();
        if (done) jobs.shift();
        left = value === true;
      }
    } finally {
      plan(); // what has thrown is done
    }
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
