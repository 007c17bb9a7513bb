// The page as a notebook widget (anywidget): the payload comes from Python, the result goes back.

import { App } from "./app.js";
import { ModelStore } from "./store.js";

let widgets = 0;

export const render = ({ model, el: host }) => {
  const store = new ModelStore(model);
  const root = document.createElement("div");
  root.className = "nbr-widget";
  root.dataset.lmSuppressShortcuts = "true"; // JupyterLab's own keys would cut cells
  host.append(root);
  const app = new App(root, model.get("payload"), store, `w${++widgets}-`);
  const save = store.save.bind(store);
  store.save = (state) => {
    model.set("result", app.result());
    return save(state);
  };
  return () => app.dispose();
};
