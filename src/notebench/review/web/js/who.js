// A page that several people share asks for a name before it begins; each keeps progress of their own.

import { button, el, put } from "./dom.js";

export const askName = (root, title, begin) => {
  const problem = el("p", { class: "problem", role: "alert" });
  const box = el("input", { type: "text", autocomplete: "off", maxlength: "60" });
  const go = () => {
    const name = box.value.trim().replace(/\s+/g, " ");
    if (!name) {
      problem.textContent = "Type the name or the number that you were given.";
      box.focus();
      return;
    }
    root.replaceChildren();
    begin(name);
  };
  root.classList.add("nbr");
  put(root, el("main", { class: "page" }, el("h1", {}, title),
    el("label", { class: "field" }, "Your name, or the number that you were given", box), problem,
    button("Go on", go, { class: "main" })));
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
  box.focus();
};
