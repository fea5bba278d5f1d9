// Asserts what a page comes to. A page does much of what it is asked for in turns, so that what a test reads right after an
// act may be what was there before. Scripts of tests have it as require("soon").

const assert = require("node:assert/strict");

const patience = 90000; // milliseconds

// again calls check until it throws nothing, and returns what it returns. It throws what check throws at last.
async function again(check) {
  for (const end = Date.now() + patience; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

// until waits for something that is true from check, and returns it. what says what that is.
exports.until = (what, check) => again(async () => {
  const got = await check();
  assert.ok(got, `never: ${what}`);
  return got;
});

// The others are those of node:assert. They take a function that reads the value, again until the assertion holds.
for (const name of ["ok", "equal", "notEqual", "deepEqual", "match", "doesNotMatch"]) {
  exports[name] = (read, ...rest) => again(async () => assert[name](await read(), ...rest));
}
