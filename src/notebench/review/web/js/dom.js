// Elements are made here and nowhere else: whatever comes from records only becomes a text node.

export const el = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else if (key === "value" || key === "checked") made[key] = value;
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return made;
};

export const put = (parent, ...children) => {
  parent.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return parent;
};

export const button = (label, press, attributes = {}) =>
  el("button", { type: "button", click: press, ...attributes }, label);

// A button that says which key does the same; the key is shown and not read out as its name.
export const keyed = (label, key, press, attributes = {}) =>
  button([label, key ? el("kbd", { "aria-hidden": "true" }, key) : null], press, {
    "aria-keyshortcuts": key || null, ...attributes,
  });

// Radio buttons in a fieldset. choices: [{id, label, hint}]; chosen: an id or null.
export const choice = (legend, name, choices, chosen, change, attributes = {}) =>
  el("fieldset", { class: "choice", ...attributes },
    el("legend", {}, legend),
    el("div", { class: "options" }, choices.map((c) => el("label", {},
      el("input", {
        type: "radio", name, value: c.id, checked: c.id === chosen, change: () => change(c.id),
      }),
      el("span", {}, c.label, c.hint ? el("small", {}, c.hint) : null)))));

export const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export const minutes = (ms) => {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};
