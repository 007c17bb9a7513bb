// The note: its sections, each sentence a thing that can be chosen, marked, rewritten.

import { button, el, put } from "./dom.js";
import { current, kindOf, marksOf, weightOf } from "./work.js";

// on: { choose(sentence), span(sentence, start, end), key(event, sentence), keep(sentence, text), typing(),
//       add(section) }
export class NoteView {
  constructor(note, work, payload, uid, on) {
    Object.assign(this, { note, work, payload, uid, on });
    this.elements = new Map();
    this.chosen = null;
    this.editing = null;
    const sections = note.sections.map((s) => this.section(s));
    this.regions = new Map(note.sections.map((s, i) => [`section:${s.name}`, sections[i]]));
    this.element = el("div", { class: "paper", keydown: (e) => this.keys(e) }, sections);
    const first = this.elements.get(0);
    if (first) first.tabIndex = 0;
  }

  section(s) {
    const id = `${this.uid}-${s.name}`.replace(/\s/g, "-");
    const text = el("div", { class: "text", role: "group", "aria-labelledby": id });
    let at = 0;
    for (const one of s.sentences) {
      text.append(s.text.slice(at, one.start), this.sentence(one));
      at = one.end;
    }
    text.append(s.text.slice(at));
    const added = el("ul", { class: "added", "aria-label": `Added to ${s.title}` });
    this.added = (this.added || new Map()).set(s.name, added);
    const element = el("section", { class: "part", "aria-labelledby": id, "data-place": `section:${s.name}` },
      el("h2", { id }, s.title), text, added,
      button("Add what is missing here", () => this.on.add(s.name), { class: "small quiet" }));
    this.drawAdded(s.name);
    return element;
  }

  sentence(one) {
    const span = el("span", {
      class: "s", role: "button", tabindex: "-1", "data-n": one.n,
      click: () => this.clicked(one), dblclick: () => this.startEdit(one), focus: () => this.choose(one),
    });
    this.elements.set(one.n, span);
    this.draw(one);
    return span;
  }

  // Draw a sentence again: its words, marks on parts of it, and tags that say what was found.
  draw(one) {
    const span = this.elements.get(one.n);
    const marks = marksOf(this.work, one);
    const changed = one.n in this.work.edits;
    const text = current(this.work, one);
    const words = el("span", { class: "t" }, pieces(one, marks));
    put(span,
      changed ? el("del", {}, words) : words,
      changed && text ? [" ", el("ins", {}, text)] : null,
      el("span", { class: "tags" },
        changed ? el("span", { class: "tag" }, text ? "rewritten" : "struck out") : null,
        one.hint ? el("span", { class: "tag hint" }, `verifier: ${one.hint.label}`) : null,
        marks.map((m) => {
          const kind = kindOf(this.payload, m);
          return el("span", { class: `tag ${kind.id}` }, `${kind.sign} ${kind.label}${weightOf(this.payload, m)}`);
        })));
    span.className = ["s", ...marks.filter((m) => m.start === one.start && m.end === one.end).map((m) => `m-${m.kind}`),
      changed ? "changed" : "", this.chosen === one ? "chosen" : ""].filter(Boolean).join(" ");
  }

  drawAdded(name) {
    const items = this.work.missing.filter((m) => m.written && m.section === name);
    const list = this.added.get(name);
    list.hidden = !items.length;
    put(list, items.map((m) => el("li", {}, el("ins", {}, m.text), " ", el("span", { class: "tag" }, "added"))));
  }

  choose(one) {
    if (this.chosen === one) return;
    const before = this.chosen;
    this.chosen = one;
    if (before) {
      const old = this.elements.get(before.n);
      old.tabIndex = -1;
      old.classList.remove("chosen");
      old.removeAttribute("aria-current");
    }
    const span = this.elements.get(one.n);
    this.elements.forEach((e) => { e.tabIndex = -1; });
    span.tabIndex = 0;
    span.classList.add("chosen");
    span.setAttribute("aria-current", "true");
    this.on.choose(one);
  }

  clicked(one) {
    const span = this.elements.get(one.n);
    const picked = selection(span.querySelector(".t"), one);
    if (document.activeElement !== span) span.focus({ preventScroll: true });
    this.choose(one);
    this.on.span(one, ...(picked || [one.start, one.end]));
  }

  focus(one = this.chosen || this.note.sentences[0]) {
    const span = one && this.elements.get(one.n);
    if (!span) return;
    span.focus({ preventScroll: true });
    span.scrollIntoView({ block: "nearest" });
  }

  keys(event) {
    const span = event.target.closest?.(".s");
    if (!span || event.target !== span || event.ctrlKey || event.metaKey || event.altKey) return;
    const one = this.note.sentences[Number(span.dataset.n)];
    const last = this.note.sentences.length - 1;
    const to = {
      ArrowDown: one.n + 1, ArrowRight: one.n + 1, ArrowUp: one.n - 1, ArrowLeft: one.n - 1, Home: 0, End: last,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.focus(this.note.sentences[Math.min(Math.max(to, 0), last)]);
    } else this.on.key(event, one);
  }

  // The sentence becomes a text field; Enter or leaving it keeps what is written, Escape does not.
  startEdit(one) {
    if (!this.payload.options.edit || this.editing) return;
    const span = this.elements.get(one.n);
    const before = current(this.work, one) || one.text;
    const box = el("textarea", { class: "rewrite", "aria-label": "Rewrite this sentence", value: before, rows: "3" });
    let done = false;
    const end = (keep) => {
      if (done) return;
      done = true;
      this.editing = this.work.typing = null;
      const text = box.value.trim();
      box.replaceWith(span);
      if (keep && text !== before) this.on.keep(one, text);
    };
    box.addEventListener("input", () => {
      this.work.typing = { n: one.n, text: box.value };
      this.on.typing();
    });
    box.addEventListener("blur", () => end(true));
    box.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" && !event.shiftKey) || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        end(event.key === "Enter");
        this.focus(one);
      }
    });
    this.editing = one;
    span.replaceWith(box);
    box.focus();
  }
}

// The sentence's text, with marks on parts of it as elements.
const pieces = (one, marks) => {
  const parts = marks.filter((m) => m.start > one.start || m.end < one.end);
  const edges = [...new Set([one.start, one.end, ...parts.flatMap((m) => [m.start, m.end])])].sort((a, b) => a - b);
  return edges.slice(1).map((end, i) => {
    const text = one.text.slice(edges[i] - one.start, end - one.start);
    const over = parts.find((m) => m.start <= edges[i] && m.end >= end);
    return over ? el("mark", { class: `m-${over.kind}` }, text) : text;
  });
};

// What is selected within a sentence, as offsets into the section; null where nothing is.
const selection = (words, one) => {
  const picked = getSelection();
  if (!picked.rangeCount || picked.isCollapsed) return null;
  const range = picked.getRangeAt(0);
  if (!words.contains(range.startContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(words);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  const end = words.contains(range.endContainer) ? start + range.toString().length : one.text.length;
  return trimmed(one, start, end);
};

export const trimmed = (one, start, end) => {
  while (start < end && /\s/.test(one.text[start])) start++;
  while (end > start && /\s/.test(one.text[end - 1])) end--;
  return end > start ? [one.start + start, one.start + end] : null;
};
