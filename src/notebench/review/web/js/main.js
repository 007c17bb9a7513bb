// The page on its own: reads the payload from the page and fills the body.

import { App } from "./app.js";
import { LocalStore } from "./store.js";

const payload = JSON.parse(document.getElementById("payload").textContent);
new App(document.body, payload, new LocalStore(`notebench.review.${payload.bundle}.${payload.reviewer}`));
