// What is asked before an app is removed, and what goes with it.

import { del, part } from "./api.js";
import { sure } from "./dialog.js";
import { h } from "./dom.js";
import { isAlive, isUnderWay, processes, runs, store } from "./store.js";
import { bytes, size } from "./words.js";

/** Removes an app after a question; what the server answers, or null when it is kept. */
export async function removeApp(app) {
  const alive = living(app.name);
  const own = environments(app.name);
  const choices = own.length === 0 ? [] : [{ name: "env", label: `Delete its environments too: ${own.map(({ name }) => name).join(", ")}`,
    hint: `No script of another app names them${freed(own)}.` }];
  const chosen = await sure(`Remove ${app.name} with all files in its folder?`, alive.length > 0 ? "End and remove" : "Remove", facts(app, alive), choices);
  if (chosen === null) return null;
  const query = [...chosen, ...(alive.length > 0 ? ["force"] : [])].map((name) => `${name}=true`).join("&");
  return del(`apps/${part(app.name)}${query === "" ? "" : `?${query}`}`);
}

/** What runs of it, with a link. */
function living(name) {
  const links = (kind, things, isOn) => things.filter((thing) => thing.appId === name && isOn(thing))
    .map(({ id }) => h("a", { href: `#/${kind}/${part(id)}` }, id));
  return [...links("runs", runs(), isUnderWay), ...links("processes", processes(), isAlive)];
}

/** The environments that only this app uses, as far as is known. */
const environments = (name) => (store.envs ?? []).filter(({ usedBy }) =>
  usedBy?.some(({ kind }) => kind === "script") && usedBy.every(({ app }) => app === name));

function freed(envs) {
  const sum = envs.reduce((sum, { size }) => sum + (size?.freedBytes ?? 0), 0);
  return sum > 0 ? `; ${bytes(sum)} would be free` : "";
}

function facts(app, alive) {
  const rows = [
    ["Folder", h("span.path", {}, app.path)],
    ["Size", size(app.size)],
    alive.length > 0 ? ["Runs, and will be ended", alive.map((link, index) => [index > 0 ? ", " : "", link])] : null,
  ].filter(Boolean);
  return [
    h("dl.facts", {}, rows.map(([name, value]) => h("div.all", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("p.hint", {}, app.origin?.url ? ["It can be added again from ", h("code", {}, app.origin.url), ". What was changed or made in its folder is lost."]
      : "What is in its folder is lost: it is not known to be anywhere else."),
  ];
}
