// What a page has much of is packed: JSON that is compressed, in base64. See packed.go.
"use strict";

// unpacked returns a promise of what a script has, of null if there is no such script.
async function unpacked(id) {
  const script = document.getElementById(id);
  if (!script) return null;
  const bytes = Uint8Array.from(atob(script.textContent), (c) => c.charCodeAt(0));
  script.remove();
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).json();
}
