// Long tables and lists are shown in pages of 25 rows, so that the reader is answered at once however many rows there are.
//
//   const pages = new paging.Pages(element, () => fill());  // puts controls after an element, such as the table; the
//                                                           // function is called when the reader turns a page
//   pages.part(rows)      // the rows of the page that is shown, of all rows in their order
//   pages.first();        // the first page is shown next: the order has changed, or what is found
//
// The controls are there while there is more than one page. Their texts follow the lang of the document. While it is printed,
// all rows are one page.
"use strict";

const paging = {};

paging.words = {
  "pages": ["Pages", "分页"],
  "previous": ["Previous", "上一页"],
  "next": ["Next", "下一页"],
  "shown": ["What is shown", "显示的范围"],
  "range": ["{from}–{to} of {n}", "{from}–{to}，共 {n} 项"],
};

(() => {
  const size = 25; // rows of a page

  const say = (key, values = {}) => {
    const text = paging.words[key][document.documentElement.lang.toLowerCase().startsWith("zh") ? 1 : 0];
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };

  const make = (parent, tag, properties) => {
    const e = Object.assign(document.createElement(tag), properties);
    parent.append(e);
    return e;
  };

  class Pages {
    constructor(after, turned) {
      Object.assign(this, { after, turned, page: 0, rows: 0, whole: false });
      this.element = Object.assign(document.createElement("div"), { className: "paging", hidden: true, translate: false });
      this.element.setAttribute("role", "group");
      after.after(this.element);
      this.previous = make(this.element, "button", { type: "button" });
      this.select = make(this.element, "select", {});
      this.next = make(this.element, "button", { type: "button" });
      this.previous.addEventListener("click", () => this.#turn(this.page - 1));
      this.next.addEventListener("click", () => this.#turn(this.page + 1));
      this.select.addEventListener("change", () => this.#turn(Number(this.select.value)));
      new MutationObserver(() => this.#write()).observe(document.documentElement, { attributeFilter: ["lang"] });
      for (const [event, whole] of [["beforeprint", true], ["afterprint", false]]) {
        addEventListener(event, () => {
          this.whole = whole;
          if (this.#count() > 1) this.turned();
        });
      }
      this.#write();
    }

    first() { this.page = 0; }

    part(rows) {
      if (this.rows !== rows.length) {
        this.rows = rows.length;
        this.#write();
      }
      this.page = Math.min(this.page, Math.max(0, this.#count() - 1));
      this.#mark();
      return this.whole ? rows : rows.slice(this.page * size, (this.page + 1) * size);
    }

    #count() { return Math.ceil(this.rows / size); }

    #turn(page) {
      if (page < 0 || page >= this.#count()) return;
      this.page = page;
      this.#mark();
      this.turned();
      this.after.scrollTop = 0;
      if (this.after.getBoundingClientRect().top < 0) this.after.scrollIntoView();
    }

    // mark shows which page it is. The first and the last one keep both buttons, so that neither loses the focus.
    #mark() {
      this.select.value = this.page;
      this.previous.ariaDisabled = String(this.page === 0);
      this.next.ariaDisabled = String(this.page >= this.#count() - 1);
    }

    #write() {
      const n = this.rows;
      this.element.hidden = this.#count() < 2;
      this.element.ariaLabel = say("pages");
      this.previous.textContent = say("previous");
      this.next.textContent = say("next");
      this.select.ariaLabel = say("shown");
      this.select.replaceChildren(...Array.from({ length: this.#count() }, (_, i) => {
        const range = { from: i * size + 1, to: Math.min(n, (i + 1) * size), n };
        return Object.assign(document.createElement("option"), { value: i, textContent: say("range", range) });
      }));
      this.#mark();
    }
  }

  paging.Pages = Pages;
})();
