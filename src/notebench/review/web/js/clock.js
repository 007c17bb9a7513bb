// Time on a note, split four ways that add up: active, idle, hidden, paused. All in milliseconds.
//
// Time counts as active until `idleAfter` ms after the last input, and as idle from then until the
// next one. A hidden tab and a pressed pause button are neither. The split is made from times of
// events, not by counting ticks, so that a slow or throttled timer loses nothing.

export const newTotals = () => ({ active: 0, idle: 0, hidden: 0, paused: 0, places: {}, shown: {} });

export class Clock {
  constructor(idleAfter, now = () => performance.now()) {
    this.idleAfter = idleAfter;
    this.now = now;
    this.totals = null;
    this.place = "";
    this.onScreen = new Set();
    this.hidden = this.paused = false;
    this.at = this.lastInput = now();
  }

  // Count for a note from now on; null: for none.
  bind(totals) {
    this.settle();
    this.totals = totals;
    this.lastInput = this.at;
  }

  // The person did something, in some place of the page.
  input(place = this.place) {
    this.settle();
    this.lastInput = this.at;
    this.place = place;
  }

  // The pointer is somewhere else now, perhaps because the page moved under it: that is no input.
  moveTo(place) {
    this.settle();
    this.place = place;
  }

  setHidden(hidden) {
    if (hidden === this.hidden) return;
    this.settle();
    this.hidden = hidden;
    this.lastInput = this.at;
  }

  setPaused(paused) {
    if (paused === this.paused) return;
    this.settle();
    this.paused = paused;
    this.lastInput = this.at;
  }

  setShown(place, shown) {
    this.settle();
    if (shown) this.onScreen.add(place);
    else this.onScreen.delete(place);
  }

  get state() {
    if (!this.totals) return "stopped";
    if (this.paused) return "paused";
    if (this.hidden) return "hidden";
    return this.now() > this.lastInput + this.idleAfter ? "idle" : "active";
  }

  // Add the time since the last call to where it belongs.
  settle() {
    const from = this.at, to = (this.at = this.now());
    const t = this.totals;
    if (!t || to <= from) return;
    if (this.paused) t.paused += to - from;
    else if (this.hidden) t.hidden += to - from;
    else {
      const until = Math.min(to, Math.max(from, this.lastInput + this.idleAfter));
      t.active += until - from;
      t.idle += to - until;
      t.places[this.place] = (t.places[this.place] || 0) + until - from;
      for (const place of this.onScreen) t.shown[place] = (t.shown[place] || 0) + until - from;
    }
  }
}
