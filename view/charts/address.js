// What a reader has chosen, in the fragment of the page's address, so that a reload or a link shows the same: the part that is
// zoomed into, curves that are off, and how the axes, bands and means are. A prefix tells boards apart.
"use strict";

(() => {
  class Address {
    constructor(prefix) {
      this.prefix = prefix;
      this.waiting = null;
    }

    // read returns the values of each key of the board.
    read() {
      const of = new URLSearchParams(location.hash.slice(1)), chosen = new Map();
      for (const [key, value] of this.prefix ? of : []) {
        if (!key.startsWith(`${this.prefix}.`)) continue;
        const name = key.slice(this.prefix.length + 1);
        chosen.set(name, [...(chosen.get(name) ?? []), value]);
      }
      return chosen;
    }

    // write replaces the board's part of the fragment by lists of values, a moment later and at once for all changes.
    write(values) {
      if (!this.prefix) return;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => {
        const of = new URLSearchParams(location.hash.slice(1));
        for (const key of [...of.keys()]) if (key.startsWith(`${this.prefix}.`)) of.delete(key);
        for (const [name, list] of Object.entries(values())) for (const value of list) of.append(`${this.prefix}.${name}`, value);
        const text = of.toString();
        if (text === location.hash.slice(1)) return;
        history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
      }, 150);
    }
  }

  charts.Address = Address;
})();
