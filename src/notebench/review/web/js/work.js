// What a person has done with one note, and how it is written out. Offsets are UTF-16 units here and
// code points in the payload and the result.

import { newTotals } from "./clock.js";
import { toPoints, toUnits } from "./offsets.js";

// The payload's note with sentences at UTF-16 offsets, numbered through the note.
export const prepared = (note) => {
  let number = 0;
  const sections = note.sections.map((s) => ({
    ...s,
    sentences: s.sentences.map((one) => {
      const start = toUnits(s.text, one.start), end = toUnits(s.text, one.end);
      return { ...one, start, end, text: s.text.slice(start, end), section: s.name, n: number++ };
    }),
  }));
  return { ...note, sections, sentences: sections.flatMap((s) => s.sentences) };
};

const now = () => new Date().toISOString();

export const newWork = (note, order) => ({
  note: note.note, order, opened: null, states: [{ state: "drafted", at: null }],
  marks: [], missing: [], edits: {}, topics: {}, attested: {}, silent: {}, stands: {}, statements: {},
  checked: {}, confidence: null, remark: "", signature: null, closed: null, next: 1,
  typing: null, form: null, // what is being written and not kept yet
  time: newTotals(), keystrokes: 0, inserted: 0, deleted: 0, looks: 0, searches: 0, log: [],
});

const seconds = (work) => Math.round(work.time.active) / 1000;

export const logged = (work, what, about = null) => {
  if (work.log.length < 5000) work.log.push({ s: seconds(work), what, about });
};

export const entered = (work, state) => {
  work.states.push({ state, at: now() });
  logged(work, state);
};

export const stateOf = (work) => work.states[work.states.length - 1].state;

// Once something changes after signing, the signature no longer holds.
export const touched = (work) => {
  if (!work.signature) return;
  work.signature = null;
  work.closed = null;
  entered(work, "reopened");
};

// A note that ended without a signature stays as it was: nothing is changed after the answers.
export const locked = (work, payload) => Boolean(work.closed && !payload.options.sign);

export const open = (work) => {
  if (work.opened) return;
  work.opened = now();
  logged(work, "opened");
};

// start, end: units within the section's text.
export const addMark = (work, sentence, kind, start, end, text) => {
  touched(work);
  const mark = {
    id: `m${work.next++}`, section: sentence.section, sentence: sentence.n, start, end, text, kind: kind.id,
    error_type: kind.types.length === 1 ? kind.types[0].name : null, severity: null, comment: "",
    at_s: seconds(work),
  };
  work.marks.push(mark);
  logged(work, "marked", mark.id);
  return mark;
};

export const dropMark = (work, id) => {
  touched(work);
  work.marks = work.marks.filter((m) => m.id !== id);
  logged(work, "unmarked", id);
};

export const marksOf = (work, sentence) => work.marks.filter((m) => m.sentence === sentence.n);

export const addMissing = (work, given) => {
  touched(work);
  const item = { id: `m${work.next++}`, ...given, at_s: seconds(work) };
  work.missing.push(item);
  logged(work, "missing", item.id);
  if (item.written) edited(work);
  return item;
};

export const dropMissing = (work, id) => {
  touched(work);
  work.missing = work.missing.filter((m) => m.id !== id);
  logged(work, "not missing", id);
};

// text: what now stands for the sentence; "" where it is struck out; null as it was.
export const edit = (work, sentence, text) => {
  touched(work);
  if (text === null || text === sentence.text) delete work.edits[sentence.n];
  else work.edits[sentence.n] = text;
  edited(work);
  logged(work, text === "" ? "struck out" : text === null ? "restored" : "rewrote", String(sentence.n));
};

const edited = (work) => {
  if (!work.states.some((s) => s.state === "edited")) entered(work, "edited");
};

export const current = (work, sentence) =>
  (sentence.n in work.edits ? work.edits[sentence.n] : sentence.text);

// The section as it now stands. A sentence that is struck out takes the gap before it along.
export const finalText = (work, section) => {
  const { text, sentences } = section;
  const added = work.missing.filter((m) => m.written && m.section === section.name).map((m) => m.text);
  if (!sentences.length) return [text, ...added].filter((part) => part.trim()).join("\n");
  const gap = (i) => text.slice(i ? sentences[i - 1].end : 0, sentences[i].start);
  const kept = sentences.map((s, i) => [i ? gap(i) || " " : "", current(work, s)]).filter(([, now]) => now !== "");
  const body = kept.map(([before, now], i) => (i ? before : "") + now).join("");
  if (!added.length) return gap(0) + body + text.slice(sentences.at(-1).end);
  const lines = sentences.some((_, i) => i && gap(i).includes("\n"));
  return gap(0) + [body, ...added].filter(Boolean).join(lines ? "\n" : " ");
};

// Topics that a sentence has to be attested for: as the payload says, and as the person changed it.
export const topicsOf = (work, sentence) => work.topics[sentence.n] || sentence.topics;

export const toAttest = (work, note, topic) =>
  note.sentences.filter((s) => topicsOf(work, s).includes(topic) && current(work, s) !== "");

// What is still open before the note can be signed, in words.
export const openPoints = (work, note, payload) => {
  const open = [];
  const bare = work.marks.filter((m) => needsSeverity(payload, m) && !m.severity).length
    + work.missing.filter((m) => !m.severity).length;
  if (bare) open.push(`${bare} ${bare === 1 ? "mark has" : "marks have"} no weight yet`);
  for (const topic of payload.options.attest ? payload.topics : []) {
    const sentences = toAttest(work, note, topic.id);
    const left = sentences.filter((s) => !work.attested[`${topic.id}.${s.n}`]).length;
    if (left) open.push(`${topic.label}: ${left} to confirm`);
    if (!sentences.length && !work.silent[topic.id]) open.push(`${topic.label}: not answered`);
  }
  return open;
};

// Sentences marked as not borne out that stand in the note as they were.
export const leftStanding = (work, note, payload) => note.sentences.filter((s) => !(s.n in work.edits)
  && marksOf(work, s).some((m) => !["supported", "unscored"].includes(kindOf(payload, m).verdict)));

export const kindOf = (payload, mark) => payload.marks.find((k) => k.id === mark.kind);

// " · much" behind a mark, or nothing.
export const weightOf = (payload, mark) => {
  const found = payload.severities.find((s) => s.id === mark.severity);
  return found ? ` · ${found.label.toLowerCase()}` : "";
};

export const needsSeverity = (payload, mark) => kindOf(payload, mark).weighed;

const inSeconds = (ms) => Math.round(ms) / 1000;

const timeOut = (work, note) => {
  const t = work.time;
  const of = (place) => inSeconds(t.places[place] || 0);
  return {
    active_s: inSeconds(t.active), idle_s: inSeconds(t.idle), hidden_s: inSeconds(t.hidden),
    paused_s: inSeconds(t.paused),
    sections: Object.fromEntries(note.sections.map((s) => [s.name, {
      active_s: of(`section:${s.name}`), shown_s: inSeconds(t.shown[`section:${s.name}`] || 0),
    }])),
    parts: { source_s: of("source"), missing_s: of("missing"), finish_s: of("finish"), other_s: of("") },
  };
};

// One note of the result: docs/review.md says what each field means.
export const resultOf = (work, note, payload) => {
  const texts = Object.fromEntries(note.sections.map((s) => [s.name, s.text]));
  const span = (s) => ({
    section: s.section, start: toPoints(texts[s.section], s.start), end: toPoints(texts[s.section], s.end),
    text: texts[s.section].slice(s.start, s.end),
  });
  const attested = payload.options.attest ? payload.topics.flatMap((topic) => {
    const sentences = toAttest(work, note, topic.id);
    return sentences.map((s) => ({
      topic: topic.id, ...span(s), now: current(work, s), answer: work.attested[`${topic.id}.${s.n}`] || null,
    })).concat(sentences.length ? [] : [{ topic: topic.id, answer: work.silent[topic.id] || null }]);
  }) : [];
  return {
    note: work.note, order: work.order, opened: work.opened, closed: work.closed, states: work.states,
    marks: work.marks.map(({ sentence, start, end, ...m }) => ({
      ...m, ...span({ section: m.section, start, end }), verdict: kindOf(payload, m).verdict,
    })),
    missing: work.missing,
    sections: note.sections.map((s) => ({ name: s.name, text: finalText(work, s) })),
    changed: note.sentences.filter((s) => s.n in work.edits)
      .map((s) => ({ ...span(s), now: work.edits[s.n] })),
    attested, stands: work.stands, statements: work.statements, checked: work.checked,
    confidence: work.confidence, remark: work.remark, answers: work.answers || {}, signature: work.signature,
    time: timeOut(work, note), keystrokes: work.keystrokes, inserted: work.inserted,
    deleted: work.deleted, looks: work.looks, searches: work.searches, log: work.log,
  };
};
