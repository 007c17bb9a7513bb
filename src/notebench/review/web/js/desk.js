// One note at work: note, session and desk beside each other, and what happens between them.

import { el, put } from "./dom.js";
import { Dock } from "./dock.js";
import { Finish } from "./finish.js";
import { Missing } from "./missing.js";
import { NoteView } from "./note.js";
import { Source } from "./source.js";
import {
  addMark, current, dropMark, edit, entered, kindOf, locked, logged, marksOf, openPoints, stateOf, topicsOf,
} from "./work.js";

// app: { payload, clock, changed(), say(text), closeNote(signature), next() }
export class Desk {
  constructor(app, note, work, uid) {
    Object.assign(this, { app, note, work, payload: app.payload });
    this.source = new Source(note.source, uid, {
      look: () => { work.looks += 1; logged(work, "looked"); app.changed(); },
      searched: () => { work.searches += 1; app.changed(); },
      missing: (turn) => this.openMissing({ turns: [turn] }),
    });
    this.view = new NoteView(note, work, app.payload, uid, {
      choose: (one) => this.choose(one),
      span: (one, start, end) => this.narrow(one, start, end),
      key: (event, one) => this.key(event, one),
      keep: (one, text) => this.rewrite(one, text),
      typing: () => app.save(),
      add: (section) => this.openMissing({ section }),
    });
    this.dock = new Dock(note, work, app.payload, this.source, uid, {
      mark: (one, kind) => this.mark(one, kind),
      unmark: (id) => { dropMark(work, id); this.drawn("Mark removed."); },
      change: () => this.weighed(),
      strike: (one) => this.rewrite(one, current(work, one) === "" ? null : ""),
      keep: (one, text) => this.rewrite(one, text),
      edit: (one) => this.view.startEdit(one),
      go: (id) => this.source.go(id),
      back: () => this.view.focus(),
      topic: (one, topic) => this.topic(one, topic),
      narrow: (start, end) => this.narrow(this.dock.sentence, start, end),
    });
    this.missing = new Missing(note, work, app.payload, uid, {
      typing: () => app.save(),
      changed: (section) => { this.view.drawAdded(section); this.finish.draw(); this.drawn("Kept."); },
    });
    this.finish = new Finish(note, work, app.payload, uid, {
      changed: () => this.attested(),
      done: (signature) => app.closeNote(signature),
      next: () => app.next(),
      go: (one) => this.view.focus(one),
      role: () => app.lastRole,
    });
    this.source.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.view.focus();
    });
    for (const part of [this.finish.element, this.missing.element]) {
      ["pointerdown", "focusin"].forEach((name) => part.addEventListener(name, () => this.dock.fold()));
    }
    this.finish.element.addEventListener("pointerover", () => this.dock.fold());
    this.after = el("div", { class: "after" });
    this.element = el("div", { class: "desk" },
      el("div", { class: "left" },
        el("div", { class: "reading", tabindex: "-1" }, this.head(), this.checklist(), this.view.element,
          this.missing.element, this.finish.element, this.after),
        this.dock.element),
      this.source.element);
    this.watch();
    this.showAfter();
    this.payload.options.prepare?.(this);
  }

  // What was being written when the page was closed is there again.
  takeUp() {
    const { typing, form } = this.work;
    this.work.typing = null;
    if (typing) this.rewrite(this.note.sentences[typing.n], typing.text.trim());
    if (form) this.missing.open(form);
    else this.view.focus();
  }

  head() {
    const about = this.note.about.map(([k, v]) => `${k}: ${v}`).join(" · ");
    return el("div", { class: "note-head" }, el("h1", {}, this.note.title), about ? el("p", { class: "soft" }, about) : null);
  }

  checklist() {
    const steps = this.payload.options.checklist;
    return steps.length ? el("section", { class: "checklist", "aria-label": "Checklist" }, el("h2", {}, "Before you read on"), steps.map((s) => el("label", { class: "check" },
      el("input", { type: "checkbox", checked: s.id in this.work.checked, change: (e) => {
        if (e.target.checked) this.work.checked[s.id] = Math.round(this.work.time.active) / 1000;
        else delete this.work.checked[s.id];
        this.app.changed();
      } }), s.text))) : null;
  }

  // Which sections are on the screen, for the time that they were.
  watch() {
    const places = new Map([...this.view.regions].map(([place, element]) => [element, place]));
    this.observer = new IntersectionObserver((entries) => entries.forEach((e) => {
      const tall = e.rootBounds ? e.rootBounds.height : innerHeight;
      const seen = e.isIntersecting && (e.intersectionRatio >= 0.5 || e.intersectionRect.height >= tall / 2);
      this.app.clock.setShown(places.get(e.target), seen);
    }), { threshold: [0, 0.25, 0.5, 0.75, 1] });
    places.forEach((_, element) => this.observer.observe(element));
  }

  close() {
    this.observer.disconnect();
    this.view.regions.forEach((_, place) => this.app.clock.setShown(place, false));
  }

  beside() {
    return this.app.root.classList.contains("side");
  }

  choose(one) {
    this.dock.show(one);
    this.source.near(one.closest, this.beside());
  }

  narrow(one, start, end) {
    this.dock.span = [start, end];
    this.dock.narrowing = this.dock.folded = false;
    this.dock.draw();
    if (start > one.start || end < one.end) this.app.say("Marking only the selected words.");
  }

  mark(one, kind) {
    const [start, end] = this.dock.span;
    const same = marksOf(this.work, one).find((m) => m.kind === kind.id && m.start === start && m.end === end);
    if (same) dropMark(this.work, same.id);
    else addMark(this.work, one, kind, start, end, one.text.slice(start - one.start, end - one.start));
    this.drawn(same ? `No longer marked: ${kind.label}.` : `Marked: ${kind.label}.${kind.weighed ? " Now say how much it weighs: 1, 2 or 3." : ""}`);
    if (!same) this.dock.showDetails();
  }

  // A field of a mark was changed: nothing is drawn anew where somebody is typing.
  weighed() {
    this.view.draw(this.dock.sentence);
    this.finish.drawTodo();
    this.app.changed();
  }

  rewrite(one, text) {
    edit(this.work, one, text);
    for (const topic of this.payload.topics) delete this.work.attested[`${topic.id}.${one.n}`];
    this.view.draw(one);
    this.finish.draw();
    this.drawn(text === "" ? "Struck out." : text === null ? "As it was." : "Rewritten.");
  }

  topic(one, topic) {
    const now = topicsOf(this.work, one);
    this.work.topics[one.n] = now.includes(topic) ? now.filter((t) => t !== topic) : [...now, topic];
    this.finish.draw();
    this.drawn("");
  }

  attested() {
    const { work } = this;
    if (!openPoints(work, this.note, this.payload).length && !["attested", "signed"].includes(stateOf(work)) && this.payload.options.attest) {
      entered(work, "attested");
    }
    this.app.changed();
  }

  // Something was done to the chosen sentence: draw it, keep the focus, say it, save it.
  drawn(said) {
    const one = this.dock.sentence;
    const held = document.activeElement?.closest?.("[data-kind]")?.dataset.kind;
    if (one) this.view.draw(one);
    this.dock.draw();
    if (held) this.dock.element.querySelector(`[data-kind="${held}"]`)?.focus();
    else if (one && !document.activeElement?.isConnected) this.view.focus(one);
    if (!this.work.closed && this.finish.element.querySelector(".signed")) this.finish.draw();
    this.finish.drawTodo();
    if (said) this.app.say(said);
    this.app.changed();
  }

  key(event, one) {
    if (locked(this.work, this.payload) && !["Enter", " ", "s", "/", "?"].includes(event.key)) return;
    const kind = this.payload.marks.find((k) => k.key === event.key);
    const weight = this.payload.severities.find((s) => s.key === event.key);
    const { options } = this.payload;
    const act = kind ? () => this.mark(one, kind)
      : weight ? () => this.weigh(one, weight)
      : {
        Enter: () => this.dock.enter(),
        " ": () => this.dock.enter(),
        e: options.edit && (() => this.view.startEdit(one)),
        x: options.edit && (() => this.rewrite(one, current(this.work, one) === "" ? null : "")),
        m: () => this.openMissing({ section: one.section }),
        s: () => this.source.go(one.closest[0]),
        "/": () => this.source.box.focus(),
        "?": () => this.app.help(),
      }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  weigh(one, weight) {
    const last = marksOf(this.work, one).at(-1);
    if (!last || !kindOf(this.payload, last).weighed) return;
    last.severity = weight.id;
    this.drawn(`${weight.label}.`);
  }

  openMissing(given) {
    if (!locked(this.work, this.payload)) this.missing.open(given);
  }

  showAfter() {
    const { after } = this.payload.options;
    const lock = locked(this.work, this.payload);
    this.missing.element.inert = lock;
    if (lock) this.dock.draw();
    put(this.after, after && this.work.closed ? after(this.app, this.note, this.work) : null);
  }
}
