// The program behind the page: its events, its token, and what the page asks of it. The token is in the memory of the page
// and of its tab, so that it is there after a reload; the address bar and the program's log of requests do not have it.

const place = `token of ${location.origin}`;
let token = sessionStorage.getItem(place) ?? "";
let connected = false;

export const hasToken = () => token !== "";
export const isConnected = () => connected;

export function keepToken(text) {
  token = text;
  if (token) sessionStorage.setItem(place, token);
  else sessionStorage.removeItem(place);
}

// takeToken takes the token from the address, and reports whether there was one.
export function takeToken() {
  const fragment = new URLSearchParams(location.hash.slice(1)), found = fragment.get("token");
  if (!found) return false;
  keepToken(found);
  fragment.delete("token");
  history.replaceState(null, "", location.pathname + location.search + (fragment.size ? `#${fragment}` : ""));
  return true;
}

// listen calls apply with each update, until apply returns true, and changed when the connection comes or goes.
export function listen(apply, changed) {
  const source = new EventSource("events");
  let over = false;
  const set = (is) => {
    connected = is;
    changed();
  };
  source.onopen = () => set(true);
  source.onmessage = (message) => {
    over = apply(JSON.parse(message.data));
    if (over) source.close();
  };
  source.onerror = () => {
    set(false);
    if (source.readyState === EventSource.CLOSED && !over) setTimeout(() => listen(apply, changed), 5000);
  };
}

// ask sends a command, and returns null if it was accepted, { silent: true } if nobody answers, else { error }, a text to show.
// It forgets a token that the program refuses.
export async function ask(path, command) {
  try {
    const response = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body: JSON.stringify(command),
    });
    if (response.ok) return null;
    const { error } = await response.json();
    if (response.status === 403) keepToken("");
    return { error };
  } catch {
    return { silent: true };
  }
}
