// The end of a note: confirm statement by statement, say how sure one is, sign.

import { button, choice, counted, el, put } from "./dom.js";
import { current, finalText, leftStanding, openPoints, stateOf, toAttest } from "./work.js";

// on: { changed(), done(), next(), go(sentence), role() }
export class Finish {
  constructor(note, work, payload, uid, on) {
    Object.assign(this, { note, work, payload, uid, on });
    this.element = el("section", { class: "finish", "aria-labelledby": `${uid}-finish`, "data-place": "finish" });
    this.todo = el("div", { class: "todo", "aria-live": "polite" });
    this.signer = { name: "", role: on.role() };
    this.draw();
  }

  draw() {
    const { payload, work, uid } = this;
    const o = payload.options;
    const title = o.sign ? "Confirm and sign" : "Finish this note";
    put(this.element, el("h2", { id: `${uid}-finish` }, title),
      work.closed ? this.signed() : [
        o.attest ? payload.topics.map((t) => this.topic(t)) : null,
        o.sign ? [this.version(), this.statements(), this.audiences()] : null,
        o.confidence ? this.confidence() : null,
        el("label", { class: "field" }, "Anything else to say about this note",
          el("textarea", { rows: "2", value: work.remark, input: (e) => { work.remark = e.target.value; this.on.changed(); } })),
        this.todo, o.sign ? this.signing() : button(o.finish, () => this.close(), { class: "main" }),
      ]);
    this.drawTodo();
  }

  drawTodo() {
    const { work, note, payload } = this;
    const open = openPoints(work, note, payload);
    const standing = payload.options.edit ? leftStanding(work, note, payload).length : 0;
    put(this.todo, work.closed ? null : [
      open.length ? [el("p", {}, "Still open:"), el("ul", {}, open.map((t) => el("li", {}, t)))] : null,
      standing ? el("p", {}, `${counted(standing, "sentence")} that you marked as not borne out ${standing === 1 ? "stands" : "stand"} in the note as before. Signing is possible all the same.`) : null,
    ]);
    const sign = this.element.querySelector("button.sign");
    if (sign) sign.setAttribute("aria-disabled", String(Boolean(open.length)));
    return open;
  }

  topic(topic) {
    const { work, note, uid, payload } = this;
    const sentences = toAttest(work, note, topic.id);
    const set = (store, key) => (value) => { store[key] = value; this.on.changed(); this.drawTodo(); };
    return el("div", { class: "topic" }, el("h3", {}, topic.label, sentences.length ? el("small", {}, ` Can you vouch for ${sentences.length === 1 ? "this" : "each of these"}?`) : null), sentences.length
      ? sentences.map((s) => {
        const key = `${topic.id}.${s.n}`;
        return el("div", { class: "attest" },
          choice([el("q", {}, current(work, s)), s.n in work.edits ? el("span", { class: "tag" }, "rewritten by you") : null],
            `${uid}-${key}`, payload.answers, work.attested[key] || null, set(work.attested, key)),
          button("Show it in the note", () => this.on.go(s), { class: "small quiet" }));
      })
      : choice(topic.none, `${uid}-${topic.id}-none`, payload.silences, work.silent[topic.id] || null, set(work.silent, topic.id)));
  }

  version() {
    const changed = this.note.sentences.some((s) => s.n in this.work.edits) || this.work.missing.some((m) => m.written);
    return changed ? el("details", { class: "version" }, el("summary", {}, "Your version of the note"),
      this.note.sections.map((s) => [el("h3", {}, s.title), el("p", { class: "text" }, finalText(this.work, s))])) : null;
  }

  statements() {
    const { payload, work, uid } = this;
    return payload.statements.map((s) => choice(s.label, `${uid}-st-${s.id}`, payload.agree, work.statements[s.id] || null,
      (v) => { work.statements[s.id] = v; this.on.changed(); }));
  }

  audiences() {
    const { payload, work, uid } = this;
    return el("div", { class: "topic" }, el("h3", {}, "Would you stand behind this note before ..."),
      payload.audiences.map((a) => choice([`${a.label} `, el("small", {}, a.hint)], `${uid}-au-${a.id}`, payload.agree, work.stands[a.id] || null,
        (v) => { work.stands[a.id] = v; this.on.changed(); })));
  }

  confidence() {
    const { work, payload } = this;
    const shown = el("output", {}, work.confidence === null ? "not said" : `${work.confidence} %`);
    return el("label", { class: "field confidence" }, payload.confidence, el("span", { class: "row" },
      el("input", { type: "range", min: "0", max: "100", step: "5", value: work.confidence ?? 50, input: (e) => {
        work.confidence = Number(e.target.value);
        shown.textContent = `${work.confidence} %`;
        this.on.changed();
      } }), shown));
  }

  signing() {
    const field = (label, key, hint) => el("label", { class: "field" }, label, el("input", {
      type: "text", name: key, autocomplete: "off", value: this.signer[key], placeholder: hint,
      input: (e) => { this.signer[key] = e.target.value; },
    }));
    return el("div", { class: "signing" },
      el("p", { class: "soft" }, "Signing says: I have read this note against the session, and what I confirmed above holds."),
      field("Your name", "name", ""), field("Your role", "role", "such as therapist, supervisor, intern"),
      el("p", { class: "problem", role: "alert" }),
      button(this.payload.options.finish, () => this.sign(), { class: "main sign" }));
  }

  sign() {
    const problem = this.element.querySelector(".problem");
    const open = this.drawTodo();
    const { name, role } = this.signer;
    if (open.length) { problem.textContent = `Not yet: ${open.join("; ")}.`; return; }
    if (!name.trim() || !role.trim()) { problem.textContent = "Type your name and your role."; return; }
    this.close({ name: name.trim(), role: role.trim() });
  }

  close(signature = null) {
    this.on.done(signature);
    this.draw();
    this.element.querySelector("button")?.focus();
  }

  signed() {
    const { signature } = this.work;
    return el("div", { class: "signed" },
      el("p", {}, el("strong", {}, signature ? `✓ Signed by ${signature.name}, ${signature.role}.` : "✓ Done."), " ",
        signature ? "Changing anything takes the signature back." : ""),
      button("Next", () => this.on.next(), { class: "main next" }));
  }
}

export const statusOf = (work) => {
  if (!work || !work.opened) return "not begun";
  if (work.closed) return work.signature ? "signed" : "done";
  if (work.states.some((s) => s.state === "reopened")) return "opened again";
  return { edited: "begun, edited", attested: "confirmed, not signed" }[stateOf(work)] || "begun";
};
