// How the page reaches its sessions: over HTTP, from the program that serves it. connect returns a function that begins
// a session, and that returns a function to ask it: a request in, a reply out.

const post = async (path, request) => {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(request) });
  const reply = await answer.json();
  return { status: answer.status, reply };
};

export async function connect() {
  return () => {
    let id = "";
    return async (request, settings) => {
      if (id) {
        const { status, reply } = await post(`sessions/${id}`, request);
        if (status !== 404) return reply;
      }
      // The program has dropped the session, or there was none.
      const { reply } = await post("sessions", { ...request, settings });
      id = reply.id ?? "";
      return { ...reply, restarted: true };
    };
  };
}
