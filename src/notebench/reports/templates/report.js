"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Links into folded parts open them.
  const reveal = (target) => {
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  const follow = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    reveal(target);
    target.scrollIntoView({ block: target.dataset.turn ? "nearest" : "start" });
  };
  addEventListener("hashchange", follow);

  // A sentence shows its reason and marks its turns.
  const pick = (mark) => {
    const note = mark.closest(".note"), session = mark.closest(".session");
    all(".chosen", session).forEach((e) => e.classList.remove("chosen"));
    mark.classList.add("chosen");
    const box = note.querySelector(".picked");
    box.hidden = false;
    box.textContent = mark.title;
    const turns = (mark.dataset.evidence || "").split(" ").filter(Boolean)
      .map((t) => document.getElementById(`${session.id}-t${t}`)).filter(Boolean);
    turns.forEach((t) => t.classList.add("chosen"));
    if (!turns.length) return;
    reveal(turns[0]);
    const talk = turns[0].closest(".talk");
    talk.scrollTop = turns[0].offsetTop - talk.offsetTop - 40;
  };
  const prepare = (note) => all(".paper mark", note).forEach((m) => { m.tabIndex = 0; });
  all(".note[open]").forEach(prepare);
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".note[open]")) prepare(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const mark = event.target.closest(".paper mark");
    if (mark) pick(mark);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".paper mark")) pick(event.target);
  });

  // Filter by drafter, session and severity.
  const form = document.querySelector(".filter");
  if (form) {
    form.hidden = false;
    const filter = () => {
      const { drafter, session, severity } = Object.fromEntries(new FormData(form));
      let shown = 0;
      for (const part of all(".session")) {
        let here = 0;
        for (const note of all(".note", part)) {
          const fits = (!drafter || note.dataset.drafter === drafter)
            && (!session || part.dataset.session === session)
            && (!severity || note.dataset.severity.split(" ").includes(severity));
          note.hidden = !fits;
          here += fits;
        }
        part.hidden = !here;
        shown += here;
      }
      form.querySelector("output").textContent = `${shown} shown`;
    };
    form.addEventListener("change", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }
  follow();
})();
