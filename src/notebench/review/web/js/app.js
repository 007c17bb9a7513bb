// The whole page: start, notes one after the other, the end; timing, saving and handing over.

import { Clock } from "./clock.js";
import { Desk } from "./desk.js";
import { button, el, minutes, put } from "./dom.js";
import { statusOf } from "./finish.js";
import { helpDialog } from "./help.js";
import { listen } from "./inputs.js";
import { MODES } from "./modes.js";
import { endPage, welcomePage } from "./outer.js";
import { entered, logged, newWork, open, prepared, resultOf, stateOf } from "./work.js";

const TICK = 1000, SAVE_EVERY = 5000;

export class App {
  // root: the element to fill. payload: the JSON that docs/review.md describes. store: see store.js.
  constructor(root, payload, store, uid = "r") {
    const options = { ...MODES[payload.mode], ...payload.options };
    Object.assign(this, { root, store, uid, payload: { ...payload, options } });
    this.notes = payload.notes.map(prepared);
    this.clock = new Clock(payload.idle_after_s * 1000);
    this.state = this.fresh();
    this.at = -1;
    this.live = el("p", { class: "live", role: "status", "aria-live": "polite" });
    this.banner = el("p", { class: "banner", role: "alert", hidden: true });
    const whole = root === document.body;
    this.rest = el("p", { class: "rest", hidden: true }, "Paused: the note is hidden until you go on.");
    this.main = el(whole ? "main" : "div", { class: "main-part" });
    this.bar = el(whole ? "header" : "div", { class: "bar" });
    this.gone = new AbortController();
    root.classList.add("nbr");
    put(root, this.bar, this.banner, this.main, this.rest, this.live);
    listen(this);
    this.timer = setInterval(() => this.tick(), TICK);
    this.fit();
    const kept = store.load();
    if (kept) this.adopt(kept);
    this.welcome(Boolean(kept && this.state.bundle === kept.bundle && this.state.started));
    if (!store.works) this.warn("This browser can't keep your progress by itself. Save a copy before you close the page; you can go on from it later.");
  }

  fresh() {
    const { payload } = this;
    return { notebench_review: 1, bundle: payload.bundle, mode: payload.mode, reviewer: payload.reviewer, started: null, at: 0, works: {} };
  }

  // Take over progress kept earlier; false where it is of other notes.
  adopt(kept) {
    const { bundle, reviewer } = this.payload;
    if (kept?.bundle !== bundle || kept.reviewer !== reviewer || !kept.works || typeof kept.works !== "object") return false;
    this.state = kept;
    return true;
  }

  // Note and session beside each other where there is room, else one below the other.
  fit() {
    const wide = 62 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fit = () => this.root.classList.toggle("side", this.root.clientWidth >= wide && innerHeight >= 480);
    this.sized = new ResizeObserver(fit);
    this.sized.observe(this.root);
    fit();
  }

  // Stop counting and listening; for a widget that is taken out of its notebook.
  dispose() {
    this.save();
    this.leaveNote();
    clearInterval(this.timer);
    this.sized.disconnect();
    this.gone.abort();
  }

  get work() {
    return this.note ? this.state.works[this.note.note] : null;
  }

  // The role that the person signed in before; the name is typed anew for every note.
  get lastRole() {
    return Object.values(this.state.works).map((w) => w.signature?.role).filter(Boolean).at(-1) || "";
  }

  get note() {
    return this.notes[this.at];
  }

  tick() {
    this.clock.settle();
    this.drawTime();
    const { limit_s: limit } = this.payload.options;
    if (this.work && limit && !this.work.closed && this.work.time.active >= limit * 1000) {
      logged(this.work, "time is up");
      this.closeNote(null);
      this.desk.finish.draw();
      this.say("Time is up for this note.");
    }
    if (this.work && (this.sinceSave = (this.sinceSave || 0) + TICK) >= SAVE_EVERY) this.save();
  }

  save() {
    this.clock.settle();
    this.sinceSave = 0;
    if (!this.state.started || this.stopped) return;
    if (this.store.foreign) this.elsewhere();
    else if (!this.store.save(this.state) && this.banner.hidden) {
      this.warn("Your progress could not be kept: the browser's storage is full or closed. Save a copy now.");
    }
  }

  changed() {
    this.count();
    this.save();
    this.drawBar();
  }

  say(text) {
    this.live.textContent = "";
    requestAnimationFrame(() => { this.live.textContent = text; });
  }

  warn(...what) {
    put(this.banner, what);
    this.banner.hidden = false;
  }

  // Another tab saved this review. This one stops at once, so that neither overwrites the other.
  elsewhere() {
    if (this.stopped) return;
    this.stop(true);
    this.warn("This review is open in another tab as well, and was changed there. Go on there, or ",
      button("Go on here", () => this.takeOver(), { class: "small" }), " from what the other tab kept.");
  }

  stop(stopped) {
    this.stopped = stopped;
    this.count();
    this.bar.inert = this.main.inert = stopped;
  }

  takeOver() {
    this.adopt(this.store.load());
    this.stop(false);
    this.banner.hidden = true;
    if (this.clock.paused) this.pause(false);
    this.welcome(true);
    this.save();
  }

  welcome(resumed) {
    this.leaveNote();
    this.drawBar();
    put(this.main, welcomePage(this, resumed));
  }

  async openCopy(file, problem) {
    try {
      const kept = JSON.parse(await file.text());
      if (this.state.started && !confirm("What this browser keeps of your review will be replaced by the copy. Go on?")) return;
      if (!this.adopt(kept?.progress || kept)) throw new Error("it is of other notes or another reviewer");
      this.store.save(this.state);
      this.welcome(true);
    } catch (error) {
      problem.textContent = `This file can't be opened: ${error instanceof SyntaxError ? "it is no saved review" : error.message}.`;
    }
  }

  start() {
    if (!this.state.started) this.state.started = new Date().toISOString();
    const left = this.notes.findIndex((n) => !this.state.works[n.note]?.closed);
    const at = Math.min(this.state.at, this.notes.length - 1);
    this.openNote(this.state.works[this.notes[at].note]?.closed && left >= 0 ? left : at);
  }

  leaveNote() {
    this.clock.bind(null);
    this.desk?.close();
    this.desk = null;
    this.at = -1;
  }

  openNote(at) {
    this.leaveNote();
    const note = this.notes[at];
    const work = (this.state.works[note.note] ||= newWork(note, at + 1));
    open(work);
    this.at = this.state.at = at;
    this.count();
    this.desk = new Desk(this, note, work, `${this.uid}${at}`);
    put(this.main, this.desk.element);
    if (this.root === document.body) scrollTo(0, 0);
    this.changed();
    this.desk.takeUp();
    this.say(`${note.title}, ${at + 1} of ${this.notes.length}.`);
  }

  // Count time for the open note; a note that is closed costs no more.
  count() {
    const totals = this.work && !this.work.closed && !this.stopped ? this.work.time : null;
    if (this.clock.totals !== totals) this.clock.bind(totals);
  }

  closeNote(signature) {
    const { work } = this;
    if (work.closed) return;
    this.clock.settle();
    work.signature = signature && { ...signature, at: new Date().toISOString() };
    work.closed = new Date().toISOString();
    if (signature && this.payload.options.attest && stateOf(work) !== "attested") entered(work, "attested");
    entered(work, signature ? "signed" : "done");
    this.desk.showAfter();
    this.changed();
    this.say(signature ? "Signed." : "Done.");
  }

  next() {
    const order = this.notes.map((_, i) => (this.at + 1 + i) % this.notes.length);
    const left = order.find((i) => !this.state.works[this.notes[i].note]?.closed);
    if (left === undefined) this.end();
    else this.openNote(left);
  }

  end() {
    this.leaveNote();
    this.drawBar();
    put(this.main, endPage(this));
    this.main.querySelector("h1").focus();
  }

  name() {
    const { reviewer, bundle, mode } = this.payload;
    return `notebench-${mode}-${reviewer.replace(/[^\w-]+/g, "_")}-${bundle.slice(0, 8)}.json`;
  }

  // What the page hands over: the result, and the progress to go on from.
  result() {
    this.clock.settle();
    const { payload, state } = this;
    const notes = this.notes.filter((n) => state.works[n.note]);
    return {
      notebench_review: 1, kind: "result", mode: payload.mode, bundle: payload.bundle, salt: payload.salt,
      reviewer: payload.reviewer, blind: payload.blind, page: payload.page, idle_after_s: payload.idle_after_s,
      started: state.started, saved: new Date().toISOString(),
      complete: this.notes.every((n) => state.works[n.note]?.closed),
      notes: notes.map((n) => resultOf(state.works[n.note], n, payload)),
      progress: state,
    };
  }

  pause(paused) {
    this.clock.setPaused(paused);
    this.main.inert = paused;
    this.rest.hidden = !paused;
    this.root.classList.toggle("paused", paused);
    this.changed();
    this.say(paused ? "Paused. Time is not counted." : "Going on.");
  }

  drawBar() {
    const { payload } = this;
    if (!this.desk) {
      put(this.bar, el("p", { class: "brand" }, "notebench ", payload.options.verb === "review" ? "review" : "drill"));
      return;
    }
    const held = document.activeElement?.dataset?.bar;
    const go = (i) => () => (i >= 0 && i < this.notes.length ? this.openNote(i) : this.end());
    this.time = el("span", { class: "time" });
    const paused = this.clock.paused;
    const named = (name) => ({ "data-bar": name });
    put(this.bar,
      el("nav", { "aria-label": "Notes" },
        button("‹", go(this.at - 1), { "aria-label": "Note before", "aria-disabled": String(this.at === 0), ...named("before") }),
        el("span", {}, `Note ${this.at + 1} of ${this.notes.length}`),
        button("›", go(this.at + 1), { "aria-label": this.at + 1 < this.notes.length ? "Next note" : "To the end", ...named("next") })),
      el("span", { class: "soft state" }, statusOf(this.work)),
      this.time,
      button(paused ? "Go on" : "Pause", () => this.pause(!paused), { class: paused ? "main" : "", ...named("pause") }),
      button("Keys", () => this.help(), named("keys")),
      button("Save and finish", () => this.end(), named("end")));
    if (held) this.bar.querySelector(`[data-bar="${held}"]`)?.focus();
    this.drawTime();
  }

  drawTime() {
    if (!this.desk || !this.time) return;
    const said = { active: "timing", idle: "idle, not counted", paused: "paused, not counted", hidden: "hidden, not counted", stopped: "not timed" };
    const { clock, limit_s: limit } = this.payload.options;
    const state = this.clock.state;
    const spent = this.work.time.active;
    const shown = limit ? `${minutes(Math.max(0, limit * 1000 - spent))} left` : clock ? minutes(spent) : "";
    this.time.textContent = [shown, state === "active" && shown ? "" : said[state]].filter(Boolean).join(" · ");
    this.time.className = `time is-${state}`;
  }

  help() {
    helpDialog(this.root, this.payload);
  }
}
