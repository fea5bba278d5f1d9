// How the page reaches its sessions where there is no server: each is a program in a worker, which trains in the
// browser. connect returns a function that begins a session, and that returns a function to ask it: a request in, a
// reply out.

async function load(name) {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.arrayBuffer();
}

// unpack decompresses, unless the server has done so.
async function unpack(bytes) {
  const head = new Uint8Array(bytes, 0, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

export async function connect() {
  const module = await WebAssembly.compile(await unpack(await load("play.wasm.gz")));
  let digits = null;
  return () => {
    const worker = new Worker("worker.js"), waiting = [];
    const ask = (message) => new Promise((done, failed) => {
      waiting.push({ done, failed });
      worker.postMessage(message);
    });
    worker.onmessage = ({ data }) => waiting.shift().done(data);
    worker.onerror = (event) => waiting.splice(0).forEach(({ failed }) => failed(new Error(event.message)));
    const ready = ask({ module });
    let given = false, begun = false;
    return async (request, settings) => {
      await ready;
      if (settings.data === "digits" && !given) {
        digits ??= load("digits.bin");
        await ask({ digits: await digits });
        given = true;
      }
      const reply = JSON.parse(await ask({ text: JSON.stringify(begun ? request : { ...request, settings }) }));
      if (!begun && reply.frame) {
        begun = true;
        reply.restarted = true;
      }
      return reply;
    };
  };
}
