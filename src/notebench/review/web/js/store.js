// Where progress is kept. Local storage can be missing (private windows, some phones' file viewers)
// or full: then progress lives only in the page, and the page says so.

export class LocalStore {
  constructor(key) {
    this.key = key;
    this.works = true;
    try {
      localStorage.setItem(`${key}.try`, "1");
      localStorage.removeItem(`${key}.try`);
    } catch {
      this.works = false;
    }
  }

  load() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  save(state) {
    try {
      localStorage.setItem(this.key, JSON.stringify(state));
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
