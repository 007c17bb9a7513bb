// The keys, in a dialog.

import { button, el } from "./dom.js";

export const helpDialog = (root, payload) => {
  const o = payload.options;
  const rows = [
    ["Tab", "to the note, the desk under it, the session, the buttons"],
    ["↑ ↓", "sentence by sentence through the note; turn by turn through the session"],
    ["Home, End", "first and last"],
    ["Enter", "from a sentence to the desk; Esc goes back"],
    ...payload.marks.map((k) => [k.key, `${k.label}: ${k.hint[0].toLowerCase()}${k.hint.slice(1)}`]),
    [payload.severities.map((s) => s.key).join(" "), `how much the last mark weighs: ${payload.severities.map((s) => s.label.toLowerCase()).join(", ")}`],
    ...(o.edit ? [["e", "rewrite the sentence (Enter keeps it, Esc does not)"], ["x", "strike it out, or put it back"]] : []),
    ["m", "something is missing (on a turn of the session: this turn is)"],
    ["s", "to the closest turn of the session"],
    ["/", "search the session (Enter: next place)"],
    ["?", "these keys"],
  ];
  const dialog = el("dialog", { class: "help", "aria-labelledby": "nbr-help", close: () => dialog.remove() },
    el("h2", { id: "nbr-help" }, "Keys"),
    el("p", { class: "soft" }, "Letters work while a sentence of the note is chosen."),
    el("table", {}, el("tbody", {}, rows.map(([k, what]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, k)), el("td", {}, what))))),
    button("Close", () => dialog.close(), { class: "main" }));
  root.append(dialog);
  dialog.showModal();
};
