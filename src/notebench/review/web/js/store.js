// Where progress is kept. Local storage can be missing (private windows, some phones' file viewers)
// or full: then progress lives only in the page, and the page says so.

export class LocalStore {
  constructor(key) {
    this.key = key;
    this.seen = null;
    this.works = true;
    try {
      localStorage.setItem(`${key}.try`, "1");
      localStorage.removeItem(`${key}.try`);
    } catch {
      this.works = false;
    }
  }

  read() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  load() {
    this.seen = this.read();
    try {
      return JSON.parse(this.seen);
    } catch {
      return null;
    }
  }

  // Whether another tab has saved this review since this one last read or saved it.
  get foreign() {
    const held = this.read();
    return held !== null && held !== this.seen;
  }

  save(state) {
    const text = JSON.stringify(state);
    try {
      localStorage.setItem(this.key, text);
      this.seen = text;
      this.works = true;
    } catch {
      this.works = false;
    }
    return this.works;
  }

  // Called when another tab saves the same review.
  watch(changed) {
    addEventListener("storage", (event) => {
      if (event.key === this.key && event.newValue) changed();
    });
  }
}

// In a notebook: progress lives in the widget, and so in the kernel.
export class ModelStore {
  constructor(model) {
    this.model = model;
    this.works = true;
    this.foreign = false;
  }

  load() {
    return this.model.get("state");
  }

  save(state) {
    this.model.set("state", JSON.parse(JSON.stringify(state)));
    this.model.save_changes();
    return true;
  }

  watch() {}
}
