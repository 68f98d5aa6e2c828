// Environments: made, and deleted after a question.

import { part } from "./api.js";
import { h } from "./dom.js";
import { may, offer } from "./scope.js";
import { isAlive, isUnderWay, measure, store } from "./store.js";
import { empty, freed, size, table, when } from "./words.js";

/** All environments, and a form for another one. */
export function envsView() {
  return [h("h1", {}, "Environments"), may("operate") ? createForm() : null, list()];
}

const createForm = () => h("form.inline", { "data-key": "create-env", "data-form": "create-env" },
  h("label", { for: "env-name" }, "Name"),
  h("input", { id: "env-name", type: "text", required: true, maxlength: 64, pattern: "[A-Za-z0-9_][A-Za-z0-9._\\-]*",
    title: "letters, digits, '.', '_' and '-'; not first '.' or '-'", autocomplete: "off" }),
  h("button.main", { type: "submit" }, "Create"));

function list() {
  if (store.envs === null) return empty("Loading…");
  if (store.envs.length === 0) return empty("There are no environments yet.", h("p.hint", {}, "Scripts make those that they name; here is one made before."));
  measure();
  const columns = ["Name", "Python", "Size", "Freed by deletion", "Used by", "Last used", "Folder", "Actions"];
  return table("Python environments", columns, store.envs.map((env) => [
    env.name,
    [env.pythonVersion ?? "–", env.mlx && `MLX ${env.mlx}`].filter(Boolean).join(", "),
    size(env.size),
    freed(env.size),
    users(usersOf(env)),
    when(env.lastUsedAt),
    h("span.path", {}, env.path),
    offer("Delete", "delete-env", env.name, { class: "danger", "aria-label": `Delete ${env.name}` }),
  ]));
}

/** What uses an environment: what lives has a link. */
export function users(list) {
  if (!list || list.length === 0) return "–";
  return h("ul.plain", {}, list.map((user) => h("li", {}, USES[user.kind]?.(user) ?? user.kind)));
}

const USES = {
  making: () => "its making",
  run: ({ id }) => h("a", { href: `#/runs/${part(id)}` }, id),
  process: ({ id }) => h("a", { href: `#/processes/${part(id)}` }, id),
  script: ({ app }) => ["script of ", h("a", { href: `#/apps/${part(app)}` }, app)],
  maybe: ({ app }) => ["perhaps a script of ", h("a", { href: `#/apps/${part(app)}` }, app)],
};

/** What uses an environment, without what has ended since that was told. */
const usersOf = (env) => (env.usedBy ?? []).filter(({ kind, id }) => {
  const run = kind === "run" ? store.runs.get(id) : undefined;
  const process = kind === "process" ? store.processes.get(id) : undefined;
  return (run === undefined || isUnderWay(run)) && (process === undefined || isAlive(process));
});

const lives = ({ kind }) => ["making", "run", "process"].includes(kind);

/** Whether something lives that uses an environment. */
export const isInUse = (env) => usersOf(env).some(lives);

/** What a person should know who deletes an environment. */
export function deletion(env) {
  const used = usersOf(env);
  return [
    h("dl.facts", {},
      h("div", {}, h("dt", {}, "Size"), h("dd", {}, size(env.size))),
      h("div", {}, h("dt", {}, "Freed by deletion"), h("dd", {}, freed(env.size))),
      h("div.all", {}, h("dt", {}, "Used by"), h("dd", {}, users(used)))),
    used.some(lives) ? h("p.problem", {}, "What uses it now will do without: programs of it may fail from now on.") : null,
    !used.some(lives) && used.length > 0 ? h("p.hint", {}, "Its scripts make it anew, and must install again what was in it.") : null,
  ];
}
