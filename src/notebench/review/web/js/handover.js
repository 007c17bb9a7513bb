// Handing the result over: as a file, or to be copied where a file can't be saved.

import { button, el } from "./dom.js";

export const handOver = (result, name, say) => {
  const text = () => JSON.stringify(result(), null, 1);
  const box = el("textarea", { rows: "6", readonly: true, "aria-label": "The result as text", hidden: true, spellcheck: "false" });
  const told = el("p", { class: "told", role: "status" });
  const tell = (what) => { told.textContent = what; say(what); };
  const download = () => {
    const url = URL.createObjectURL(new Blob([text()], { type: "application/json" }));
    const link = el("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    tell(`Saved as ${name}; look in your downloads.`);
  };
  const copy = async () => {
    box.value = text();
    box.hidden = false;
    box.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(box.value);
      copied = true;
    } catch {
      copied = document.execCommand("copy");
    }
    tell(copied ? "Copied. Paste it into a mail or a message." : "Select all of the text below and copy it.");
  };
  return el("div", { class: "handover" },
    el("div", { class: "row" }, button("Save the result as a file", download, { class: "main" }),
      button("Copy it instead", copy)),
    told, box);
};
