// Environments: made, and deleted after a question.

import { button, h } from "./dom.js";
import { store } from "./store.js";
import { empty, table } from "./words.js";

/** All environments, and a form for another one. */
export function envsView() {
  return [h("h1", {}, "Environments"), createForm(), list()];
}

const createForm = () => h("form.inline", { "data-key": "create-env", "data-form": "create-env" },
  h("label", { for: "env-name" }, "Name"),
  h("input", { id: "env-name", type: "text", required: true, maxlength: 64, pattern: "[A-Za-z0-9_][A-Za-z0-9._\\-]*",
    title: "letters, digits, '.', '_' and '-'; not first '.' or '-'", autocomplete: "off" }),
  h("button.main", { type: "submit" }, "Create"));

function list() {
  if (store.envs === null) return empty("Loading…");
  if (store.envs.length === 0) return empty("There are no environments yet.", h("p.hint", {}, "Scripts make those that they name; here is one made before."));
  return table("Python environments", ["Name", "Folder", "Actions"], store.envs.map((env) => [
    env.name,
    h("span.path", {}, env.path),
    button("Delete", "delete-env", env.name, { class: "danger", "aria-label": `Delete ${env.name}` }),
  ]));
}
