// The session beside the note: what was said, with search, and the turns closest to a sentence.

import { button, counted, el, put } from "./dom.js";

// on: { look(), missing(turn), searched() }
export class Source {
  constructor(source, uid, on) {
    this.on = on;
    this.uid = uid;
    this.passages = new Map();
    this.hits = [];
    this.at = -1;
    this.build(source);
  }

  build(source) {
    const turns = source.turns.map((t) => this.passage(`t${t.turn}`, t.text, {
      class: t.speaker === "clinician" ? "turn clinician" : "turn", number: t.turn, who: t.speaker,
    }));
    const lines = (items, key) => el("ul", { class: "lines" },
      items.map((text, i) => this.passage(`${key}${i + 1}`, text, { class: "line" })));
    const fold = (title, body, open) => el("details", { open }, el("summary", {}, title), body);
    this.status = el("output", { class: "found", "aria-live": "polite" });
    this.box = el("input", {
      type: "search", id: `${this.uid}-search`, autocomplete: "off", spellcheck: "false",
      input: () => this.find(this.box.value), keydown: (e) => this.searchKey(e),
    });
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": "Text of the session" },
      source.chart.length ? fold("Chart", el("dl", {}, source.chart.map(([k, v]) => [el("dt", {}, k), el("dd", {}, v)])), false) : null,
      source.rough_notes.length ? fold("Clinician's rough notes", lines(source.rough_notes, "r"), !turns.length) : null,
      turns.length ? fold("Transcript", el("ol", { class: "talk", keydown: (e) => this.turnKey(e) }, turns), true) : null,
      source.prior_note.length ? fold("Note of the session before", lines(source.prior_note, "p"), false) : null);
    const first = this.scroller.querySelector(".turn");
    if (first) first.tabIndex = 0;
    this.element = el("section", { class: "source", "aria-label": "The session", "data-place": "source" },
      el("div", { class: "search", role: "search" },
        el("label", { for: `${this.uid}-search` }, "Search the session"), this.box, this.status,
        button("‹", () => this.step(-1), { "aria-label": "Place before" }), button("›", () => this.step(1), { "aria-label": "Next place" })),
      this.scroller);
  }

  passage(id, text, { class: name, number, who }) {
    const words = el("span", { class: "said" }, text);
    const near = el("span", { class: "near-tag" });
    const item = el("li", { class: name, id: `${this.uid}-${id}`, tabindex: number ? "-1" : null },
      number ? el("span", { class: "no" }, `${number}`) : null,
      who ? el("span", { class: "who" }, who) : null,
      words, near,
      number ? button("Missing from the note", () => this.on.missing(number), {
        class: "small from-turn", tabindex: "-1",
      }) : null);
    this.passages.set(id, { id, item, words, near, text, number, who });
    return item;
  }

  // Arrow keys move between turns; m says that a turn is missing from the note.
  turnKey(event) {
    const item = event.target.closest(".turn");
    if (!item || event.target !== item || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...item.parentElement.children];
    const to = { ArrowDown: all.indexOf(item) + 1, ArrowUp: all.indexOf(item) - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && all[to]) {
      event.preventDefault();
      item.tabIndex = -1;
      all[to].tabIndex = 0;
      all[to].focus();
    } else if (event.key === "m") {
      event.preventDefault();
      const found = [...this.passages.values()].find((p) => p.item === item);
      this.on.missing(found.number);
    }
  }

  // Mark the passages closest to the chosen sentence, and bring the first into view beside the note.
  near(ids, scroll) {
    for (const p of this.passages.values()) {
      const rank = ids.indexOf(p.id);
      p.item.classList.toggle("near", rank >= 0);
      p.near.textContent = rank >= 0 ? `closest ${rank + 1}` : "";
    }
    const first = this.passages.get(ids[0]);
    if (scroll && first) this.reveal(first, false);
  }

  // Go to a passage: it gets the focus.
  go(id) {
    const p = this.passages.get(id);
    if (!p) return;
    this.on.look();
    this.reveal(p, true);
  }

  reveal(p, focus) {
    for (let at = p.item.parentElement; at && at !== this.element; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    const pane = this.scroller, item = p.item;
    if (pane.scrollHeight > pane.clientHeight + 4) {
      pane.scrollTop += item.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 4;
    } else if (focus) item.scrollIntoView({ block: "center" });
    if (!focus) return;
    for (const other of this.passages.values()) if (other.number) other.item.tabIndex = -1;
    item.tabIndex = p.number ? 0 : -1;
    item.focus({ preventScroll: true });
  }

  searchKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && this.box.value) {
      event.preventDefault();
      this.box.value = "";
      this.find("");
    }
  }

  // The words as they are written together; where they stand nowhere so, passages that hold each.
  find(query) {
    const wanted = query.trim();
    const words = wanted.split(/\s+/).filter(Boolean);
    const literal = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"), "giu");
    const all = [...this.passages.values()];
    let patterns = wanted ? [literal(wanted)] : [];
    let found = patterns.length ? all.filter((p) => p.text.search(patterns[0]) >= 0) : [];
    if (!found.length && words.length > 1) {
      patterns = words.map(literal);
      found = all.filter((p) => patterns.every((one) => p.text.search(one) >= 0));
    }
    for (const p of all) {
      p.item.classList.remove("hit");
      put(p.words, found.includes(p) ? marked(p.text, patterns) : p.text);
    }
    this.hits = found;
    this.at = -1;
    this.status.textContent = wanted ? (found.length ? counted(found.length, "place") : "nothing found") : "";
    if (found.length) this.step(1, false);
  }

  step(by, count = true) {
    if (!this.hits.length) return;
    if (count) this.on.searched();
    this.hits[this.at]?.item.classList.remove("hit");
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.hits[this.at].item.classList.add("hit");
    this.reveal(this.hits[this.at], false);
    this.status.textContent = `${this.at + 1} of ${this.hits.length}`;
  }
}

// Text nodes and <mark>s for every match of the patterns.
const marked = (text, patterns) => {
  const spans = patterns.flatMap((p) => [...text.matchAll(p)].map((m) => [m.index, m.index + m[0].length]))
    .filter(([a, b]) => b > a).sort((a, b) => a[0] - b[0]);
  const parts = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (start < at) continue;
    parts.push(text.slice(at, start), el("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...parts, text.slice(at)];
};
