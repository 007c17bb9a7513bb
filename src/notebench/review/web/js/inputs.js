// What the person does, as far as it is counted: input for the clock, keys, characters; and the
// moments at which progress is saved.

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "Tab", "Dead"]);

const place = (target) => target.closest?.("[data-place]")?.dataset.place || "";

export const listen = (app) => {
  timeInputs(app);
  countKeys(app);
  watchPage(app);
};

const timeInputs = ({ clock, root, gone: { signal } }) => {
  const input = (event) => clock.input(place(event.target));
  // On a touch screen what stands in the middle is what is being read.
  const scrolled = () => {
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    const touch = matchMedia("(pointer: coarse)").matches;
    clock.input(touch && middle && root.contains(middle) ? place(middle) : clock.place);
  };
  ["pointerdown", "focusin", "input"].forEach((name) => root.addEventListener(name, input));
  root.addEventListener("pointerover", (event) => clock.moveTo(place(event.target)));
  root.addEventListener("pointermove", (event) => { if (event.movementX || event.movementY) clock.input(); }, { passive: true });
  ["keydown", "wheel"].forEach((name) => root.addEventListener(name, () => clock.input(), { passive: true }));
  root.addEventListener("scroll", scrolled, { passive: true, capture: true });
  addEventListener("scroll", scrolled, { passive: true, signal });
};

const countKeys = (app) => {
  const { root } = app;
  const counted = () => (app.work && !app.work.closed ? app.work : null);
  root.addEventListener("keydown", (event) => {
    const work = counted();
    if (work && !event.repeat && !MODIFIERS.has(event.key)) work.keystrokes += 1;
  });
  const lengths = new WeakMap();
  root.addEventListener("focusin", (e) => { if ("value" in e.target) lengths.set(e.target, e.target.value.length); });
  root.addEventListener("input", (e) => {
    const work = counted();
    if (!work || !e.target.matches("textarea, input[type=text]")) return;
    const by = e.target.value.length - (lengths.get(e.target) || 0);
    lengths.set(e.target, e.target.value.length);
    work[by < 0 ? "deleted" : "inserted"] += Math.abs(by);
  });
};

const watchPage = (app) => {
  const { clock, gone: { signal } } = app;
  const seen = () => clock.setHidden(document.visibilityState === "hidden");
  document.addEventListener("visibilitychange", () => { seen(); app.save(); }, { signal });
  addEventListener("pagehide", () => app.save(), { signal });
  addEventListener("beforeunload", (event) => {
    if (!app.store.works && app.state.started) event.preventDefault();
  }, { signal });
  app.store.watch(() => app.elsewhere());
  seen();
};
