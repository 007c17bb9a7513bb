// What stands before the first note and after the last.

import { button, counted, el, minutes } from "./dom.js";
import { statusOf } from "./finish.js";
import { handOver } from "./handover.js";

// resumed: whether there is progress to go on from.
export const welcomePage = (app, resumed) => {
  const { payload, notes } = app;
  const problem = el("p", { class: "problem", role: "alert" });
  const saved = el("input", { type: "file", accept: ".json,application/json", change: () => {
    const [file] = saved.files;
    saved.value = ""; // so that the same file can be chosen again
    if (file) app.openCopy(file, problem);
  } });
  return el("div", { class: "page" },
    el("h1", {}, payload.title),
    el("p", {}, `${counted(notes.length, "note")} to ${payload.options.verb} against ${notes.length === 1 ? "its session" : "their sessions"}. `, payload.intro),
    el("ol", { class: "steps" }, payload.steps.map((s) => el("li", {}, s))),
    el("p", {}, button(resumed ? "Go on where you stopped" : "Start", () => app.start(), { class: "main" }), " ",
      button("Keys", () => app.help())),
    el("details", {}, el("summary", {}, "Go on from a saved copy"), el("label", { class: "field" }, "The file that you saved", saved), problem),
    el("p", { class: "soft" }, `Time is counted only while you work: after ${payload.idle_after_s} seconds without any input, in another tab, or on pause it is kept apart. Nothing is sent anywhere; what you do stays in this browser until you save it as a file.`));
};

export const endPage = (app) => {
  const { notes, state } = app;
  const done = notes.filter((n) => state.works[n.note]?.closed).length;
  const all = done === notes.length;
  const row = (n, i) => el("tr", {},
    el("th", { scope: "row" }, button(n.title, () => app.openNote(i), { class: "link" })),
    el("td", {}, statusOf(state.works[n.note])), el("td", {}, minutes(state.works[n.note]?.time.active || 0)));
  return el("div", { class: "page" },
    el("h1", { tabindex: "-1" }, all ? "All notes are done" : `${done} of ${counted(notes.length, "note")} done`),
    el("p", {}, all ? "Save the result and send the file back to whoever gave you this page." : "You can save what there is, close the page, and go on later."),
    handOver(() => app.result(), app.name(), (t) => app.say(t)),
    el("table", {}, el("caption", {}, "Your notes"),
      el("thead", {}, el("tr", {}, ["Note", "State", "Time worked"].map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, notes.map(row))));
};
