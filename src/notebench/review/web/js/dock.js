// The desk under the note: everything about the chosen sentence.

import { button, choice, el, keyed, put } from "./dom.js";
import { trimmed } from "./note.js";
import { current, kindOf, locked, marksOf, needsSeverity, topicsOf } from "./work.js";

// on: { mark(sentence, kind), unmark(id), change(mark), strike(sentence), edit(sentence), go(id), back(),
//       topic(sentence, topic), narrow(start, end) }
export class Dock {
  constructor(note, work, payload, source, uid, on) {
    Object.assign(this, { note, work, payload, source, uid, on });
    this.element = el("section", { class: "dock", "aria-label": "The chosen sentence", keydown: (e) => {
      if (e.key === "Escape" && !e.target.matches("textarea.narrow")) this.on.back();
    } });
    this.sentence = null;
    this.span = null;
    this.draw();
  }

  show(sentence) {
    this.sentence = sentence;
    this.span = [sentence.start, sentence.end];
    this.narrowing = this.folded = false;
    this.draw();
  }

  draw() {
    const one = this.sentence;
    if (!one) {
      put(this.element, el("p", { class: "soft" }, "Choose a sentence of the note to see where the session speaks of it and to mark what is wrong."));
      return;
    }
    const section = this.note.sections.find((s) => s.name === one.section);
    this.element.dataset.place = `section:${one.section}`;
    put(this.element,
      el("div", { class: "row between" },
        el("h2", {}, `Sentence ${one.n + 1} of ${this.note.sentences.length}`, el("small", {}, section.title)),
        button(this.folded ? "Show" : "Hide", () => { this.folded = !this.folded; this.draw(); this.element.querySelector("button").focus(); }, { class: "small quiet", "aria-expanded": String(!this.folded) })),
      this.folded ? null : this.body(one));
  }

  // The focus goes to the first thing to say about the sentence.
  enter() {
    this.folded = false;
    this.draw();
    this.element.querySelector(".kind").focus();
  }

  // What is asked about the newest mark comes into view.
  showDetails() {
    const box = [...this.element.querySelectorAll(".details")].at(-1);
    if (!box) return;
    const under = box.getBoundingClientRect().bottom - this.element.getBoundingClientRect().bottom;
    if (under > 0) this.element.scrollTop += under;
  }

  // Out of the way while the person is at the end of the note.
  fold() {
    if (!this.sentence || this.folded) return;
    this.folded = true;
    this.draw();
  }

  body(one) {
    return [
      one.hint ? el("p", { class: "hint-line" }, `A verifier says: ${one.hint.text}`) : null,
      this.closest(one),
      el("div", { inert: locked(this.work, this.payload) },
        this.kinds(one), marksOf(this.work, one).map((m) => this.details(m)), this.tools(one)),
    ];
  }

  closest(one) {
    const found = one.closest.map((id) => this.source.passages.get(id)).filter(Boolean);
    return el("div", { class: "closest" }, found.length
      ? [el("h3", {}, "Closest in the session"), el("ol", {}, found.map((p) => el("li", {},
        button([el("b", {}, p.number ? `${p.number} ${p.who}` : "rough notes"), " ", p.text], () => this.on.go(p.id),
          { class: "turn-link", "aria-label": `Go to ${p.number ? `turn ${p.number}, ${p.who}` : "the rough notes"}: ${p.text}` }))))]
      : el("p", { class: "soft" }, "No turn shares its words with this sentence."));
  }

  kinds(one) {
    const whole = this.span[0] === one.start && this.span[1] === one.end;
    const here = marksOf(this.work, one);
    const label = whole ? "What is wrong with it?" : "What is wrong with these words?";
    return el("div", { class: "kinds", role: "group", "aria-label": label },
      el("h3", {}, label),
      whole ? null : el("p", { class: "picked" }, el("q", {}, this.words(one)), " ",
        button("Whole sentence instead", () => this.on.narrow(one.start, one.end), { class: "small" })),
      el("div", { class: "row" }, this.payload.marks.map((k) => keyed([el("span", { class: "sign", "aria-hidden": "true" }, k.sign), k.label], k.key,
        () => this.on.mark(one, k), {
          class: `kind ${k.id}`, title: k.hint, "data-kind": k.id,
          "aria-pressed": String(here.some((m) => m.kind === k.id && m.start === this.span[0] && m.end === this.span[1])),
        }))));
  }

  words(one) {
    return one.text.slice(this.span[0] - one.start, this.span[1] - one.start);
  }

  details(mark) {
    const kind = kindOf(this.payload, mark);
    const weights = this.payload.severities;
    const changed = (field) => (value) => {
      mark[field] = value;
      this.on.change(mark);
    };
    return el("div", { class: `details ${kind.id}`, role: "group", "aria-label": `Mark: ${kind.label}` },
      el("div", { class: "row between" },
        el("strong", {}, `${kind.sign} ${kind.label}`),
        el("q", { class: "soft" }, short(mark.text)),
        button("Remove", () => this.on.unmark(mark.id), { class: "small", "aria-label": `Remove the mark ${kind.label}` })),
      needsSeverity(this.payload, mark)
        ? choice("How much does it weigh?", `${this.uid}-${mark.id}-w`, weights, mark.severity, changed("severity")) : null,
      kind.types.length > 1 ? el("label", { class: "field" }, "More exactly (if you can say)",
        el("select", { change: (e) => changed("error_type")(e.target.value || null) },
          el("option", { value: "" }, "not said"),
          kind.types.map((t) => el("option", { value: t.name, selected: t.name === mark.error_type }, t.label)))) : null,
      el("label", { class: "field" }, "Remark", el("input", {
        type: "text", value: mark.comment, autocomplete: "off", input: (e) => changed("comment")(e.target.value),
      })));
  }

  tools(one) {
    const { options, topics } = this.payload;
    const struck = current(this.work, one) === "";
    return [
      el("div", { class: "row tools" },
        options.edit ? keyed("Rewrite", "e", () => this.on.edit(one), { class: "small" }) : null,
        options.edit ? keyed(struck ? "Put it back" : "Strike it out", "x", () => this.on.strike(one), { class: "small" }) : null,
        options.edit && one.n in this.work.edits && !struck ? button("As it was", () => this.on.keep(one, null), { class: "small" }) : null,
        button("Mark only some words", () => { this.narrowing = !this.narrowing; this.draw(); this.element.querySelector(".narrow")?.focus(); }, { class: "small", "aria-expanded": String(this.narrowing) }),
        button("Back to the sentence", () => this.on.back(), { class: "small quiet" })),
      this.narrowing ? this.narrow(one) : null,
      options.attest ? el("div", { class: "row topics", role: "group", "aria-label": "To be confirmed before signing, as a statement on" },
        el("span", { class: "soft" }, "To confirm, as a statement on"),
        topics.map((t) => button(t.label, () => this.on.topic(one, t.id), {
          class: "chip", "aria-pressed": String(topicsOf(this.work, one).includes(t.id)),
        }))) : null,
    ];
  }

  // A text field is where everybody can select words: with a mouse, a finger, or Shift and arrows.
  narrow(one) {
    const box = el("textarea", { class: "narrow", readonly: true, value: one.text, rows: "2", keydown: (e) => {
      if (e.key === "Enter") { e.preventDefault(); take(); }
    } });
    const take = () => {
      const span = trimmed(one, box.selectionStart, box.selectionEnd);
      if (span) this.on.narrow(...span);
    };
    return el("div", { class: "narrowing" },
      el("label", { class: "field" }, "Select the words, then press Enter", box),
      button("Take the selected words", take, { class: "small" }));
  }
}

const short = (text) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
