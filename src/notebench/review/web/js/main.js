// The page on its own: reads the payload from the page and fills the body.

import { App } from "./app.js";
import { LocalStore } from "./store.js";
import { askName } from "./who.js";

const payload = JSON.parse(document.getElementById("payload").textContent);
const begin = (reviewer) =>
  new App(document.body, { ...payload, reviewer }, new LocalStore(`notebench.review.${payload.bundle}.${reviewer}`));
if (payload.options.ask_name) askName(document.body, payload.title, begin);
else begin(payload.reviewer);
