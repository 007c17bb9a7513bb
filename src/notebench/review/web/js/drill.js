// Drill mode: what was wrong, shown once a note is done; a note of one's own, before or after the draft.

import { button, counted, el } from "./dom.js";
import { logged } from "./work.js";

const STEM_LETTERS = 5, ENOUGH_SHARED = 0.3, LEAST_SHARED = 2;

// Words are cut as notebench cuts them, and go by their first letters; figures stay whole.
const WORD = /\d+(?:[.,:/]\d+)*%?|\p{L}+(?:'\p{L}+)*(?:-[\p{L}\p{N}]+)*/gu;
const wordStems = (text) => new Set((text.toLowerCase().replaceAll("’", "'").match(WORD) || [])
  .map((w) => (/^\d/.test(w) ? w : w.slice(0, STEM_LETTERS))));

// A sentence that is wrong is found by any mark on it but "can't tell"; what is left out by a report of
// something missing on one of its turns or in its words. `notebench drill score` counts the same way.
const reportFinds = (report, answer) => {
  if (report.turns.some((t) => answer.turns.includes(t))) return true;
  const said = wordStems(report.text);
  const shared = answer.words.filter((w) => said.has(w)).length;
  return shared >= LEAST_SHARED && shared >= ENOUGH_SHARED * answer.words.length;
};

export const drillMarks = (work, n) => work.marks.filter((m) => m.sentence === n && m.kind !== "unsure");

export const drillFound = (work, answer) => (answer.n === null
  ? work.missing.some((m) => reportFinds(m, answer))
  : [answer.n, ...answer.also].some((n) => drillMarks(work, n).length));

export const feedback = (app, note, work) => {
  if (!app.payload.options.feedback) return null;
  const answers = note.extra?.answers || [];
  const wrong = new Set(answers.flatMap((a) => [a.n, ...a.also]));
  const wrongly = note.sentences.filter((s) => !wrong.has(s.n) && drillMarks(work, s.n).length);
  const hits = answers.filter((a) => drillFound(work, a)).length;
  // Whoever has just finished is brought to the answers; whoever comes back to a note is not.
  const fresh = Date.now() - Date.parse(work.closed) < 2000;
  const head = answers.length ? `You found ${hits} of ${counted(answers.length, "error")}.` : "There was no error in this note.";
  const element = el("section", { class: "answers", "aria-label": "What was wrong", tabindex: "-1" },
    el("h2", {}, "What was wrong"),
    el("p", {}, el("strong", {}, head), wrongly.length ? ` You marked ${counted(wrongly.length, "sentence")} that ${wrongly.length === 1 ? "was" : "were"} right.` : " You marked no sentence that was right."),
    el("ul", {}, answers.map((a) => drillAnswer(app, note, a, drillFound(work, a)))),
    wrongly.length ? [el("h3", {}, "Right, and marked by you"), el("ul", {}, wrongly.map((s) => el("li", {}, el("q", {}, s.text))))] : null,
    el("p", {}, button("Go to the next note", () => app.next(), { class: "main" })));
  if (fresh) setTimeout(() => element.focus());
  return element;
};

const drillAnswer = (app, note, answer, hit) => el("li", { class: hit ? "hit-item" : "miss-item" },
  el("p", {}, el("strong", {}, hit ? "✓ Found" : "✗ Missed"), ` · ${weightWord(app, answer)} · `, answer.told),
  answer.n === null ? el("p", {}, "Left out: ", el("q", {}, answer.left_out))
    : el("p", {}, "In the note: ", el("q", {}, note.sentences[answer.n].text)),
  answer.before ? el("p", {}, "It should say: ", el("q", {}, answer.before)) : null,
  answer.turns.length ? el("p", { class: "row" }, answer.closest ? "Closest in the session: " : "In the session: ", answer.turns.map((t) =>
    button(`turn ${t}`, () => app.desk.source.go(`t${t}`), { class: "small" }))) : null);

const weightWord = (app, answer) =>
  app.payload.severities.find((s) => s.id === answer.severity)?.label.toLowerCase() || answer.severity;

// Before a note is shown: what of the page this note has, and a note of one's own where one is asked for.
export const prepare = (desk) => {
  const extra = desk.note.extra || {};
  if (!extra.checklist && !desk.payload.options.everywhere) desk.element.querySelector(".checklist")?.remove();
  if (extra.write) ownNote(desk, extra.write);
};

// write: "before" hides the draft until the note is written; "after" hides the end of the page until then.
const ownNote = (desk, write) => {
  const { work, app } = desk;
  const own = ((work.answers ||= {}).own ||= { when: write, text: "", done_s: null });
  const state = () => {
    desk.element.classList.toggle("own-first", write === "before" && own.done_s === null);
    desk.element.classList.toggle("own-last", write === "after" && own.done_s === null);
    done.hidden = own.done_s !== null;
    box.readOnly = own.done_s !== null;
  };
  const problem = el("p", { class: "problem", role: "alert" });
  const box = el("textarea", { rows: "9", value: own.text, input: () => { own.text = box.value; app.save(); } });
  const done = button("My note is written", () => {
    if (!own.text.trim()) {
      problem.textContent = "Write your note first: a few sentences will do.";
      box.focus();
      return;
    }
    problem.textContent = "";
    own.done_s = Math.round(work.time.active) / 1000;
    logged(work, "own note written");
    state();
    app.changed();
    if (write === "before") desk.view.focus();
    else desk.finish.element.querySelector("input, textarea, button")?.focus();
  }, { class: "main" });
  const panel = el("section", { class: "own", "aria-label": "Your own note", "data-place": "own" },
    el("h2", {}, "Your own note"),
    el("label", { class: "field" }, write === "before"
      ? "Read the session and write your own progress note of it. The draft is shown after that."
      : "Now write your own progress note of this session, with what you know from it.", box), problem, done);
  const before = write === "before" ? desk.view.element : desk.finish.element;
  before.parentElement.insertBefore(panel, before);
  state();
};
