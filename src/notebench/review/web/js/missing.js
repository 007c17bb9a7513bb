// What the note leaves out: a form, and the list of what was found missing.

import { button, choice, el, put } from "./dom.js";
import { addMissing, dropMissing, weightOf } from "./work.js";

// on: { changed(section), typing() }
export class Missing {
  constructor(note, work, payload, uid, on) {
    Object.assign(this, { note, work, payload, uid, on });
    this.form = el("div", { hidden: true });
    this.list = el("ul", { class: "missing-list" });
    this.opener = button("Something is missing", () => this.open(), { "aria-keyshortcuts": "m" });
    this.element = el("section", { class: "missing", "aria-labelledby": `${uid}-missing`, "data-place": "missing" },
      el("h2", { id: `${uid}-missing` }, "What the note leaves out"),
      this.list, this.form, this.opener);
    this.draw();
  }

  draw() {
    const { work } = this;
    put(this.list, work.missing.map((m) => el("li", {},
      el("span", { class: "tag missing" }, `– missing${weightOf(this.payload, m)}`), " ", m.text, " ",
      el("small", { class: "soft" }, [m.kind ? this.label(m.kind) : "", m.turns.length ? `turn ${m.turns.join(", ")}` : "", m.written ? `added to ${m.section}` : ""].filter(Boolean).join(" · ")), " ",
      button("Remove", () => { dropMissing(work, m.id); this.draw(); this.on.changed(m.section); }, { class: "small", "aria-label": `Remove: ${m.text}` }))));
    this.list.hidden = !work.missing.length;
  }

  label(kind) {
    return this.payload.missing.find((k) => k.id === kind)?.label || kind;
  }

  // given: any of { text, kind, severity, section, turns, written }
  open(given = {}) {
    const { uid, payload, note } = this;
    const item = {
      text: "", kind: null, severity: null, section: note.sections[0].name, turns: [], written: false, ...given,
    };
    this.work.form = item; // saved as it is filled in
    const text = el("textarea", { rows: "3", id: `${uid}-missing-text`, value: item.text, input: (e) => { item.text = e.target.value; } });
    const problem = el("p", { class: "problem", role: "alert" });
    const options = (items, chosen) => items.map(([v, label]) => el("option", { value: v, selected: v === chosen }, label));
    const close = () => { this.work.form = null; this.form.hidden = true; put(this.form); this.opener.hidden = false; this.opener.focus(); };
    const keep = () => {
      item.text = item.text.trim();
      if (!item.text) { problem.textContent = "Say in a few words what is missing."; text.focus(); return; }
      addMissing(this.work, item);
      this.draw();
      close();
      this.on.changed(item.section);
    };
    put(this.form, el("div", { class: "form", role: "group", "aria-label": "Something is missing", input: () => this.on.typing(), keydown: (e) => {
      if (e.key === "Escape") close();
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) keep();
    } },
      el("label", { class: "field", for: `${uid}-missing-text` }, item.turns.length ? `What is missing? (turn ${item.turns.join(", ")})` : "What is missing?"), text, problem,
      el("label", { class: "field" }, "It is about", el("select", { change: (e) => { item.kind = e.target.value || null; } },
        options([["", "not said"], ...payload.missing.map((k) => [k.id, k.label])], item.kind || ""))),
      el("label", { class: "field" }, "It belongs in", el("select", { change: (e) => { item.section = e.target.value; } },
        options(note.sections.map((s) => [s.name, s.title]), item.section))),
      choice("How much does it weigh?", `${uid}-missing-w`, payload.severities, item.severity, (v) => { item.severity = v; }),
      payload.options.edit ? el("label", { class: "check" }, el("input", { type: "checkbox", checked: item.written, change: (e) => { item.written = e.target.checked; } }), "Write it into the note as it stands here") : null,
      el("div", { class: "row" }, button("Keep", keep, { class: "main" }), button("Cancel", close))));
    this.form.hidden = false;
    this.opener.hidden = true;
    text.focus();
    this.form.scrollIntoView({ block: "nearest" });
  }
}
