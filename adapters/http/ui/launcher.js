// What an app's launcher says of it, and the scripts that the app has.

import { h } from "./dom.js";
import { count, empty, problem, table } from "./words.js";

/** The launcher's facts and menu, and all scripts. */
export function launcherPart(app) {
  if (app === null) return empty("Loading…");
  if (app instanceof Error) return problem(app);
  return [
    app.description ? h("p", {}, app.description) : null,
    facts(app),
    app.menu.length > 0 ? [h("h3", {}, "Menu"), menu(app.menu)] : null,
    notes(app),
    app.scripts.length > 0 ? scripts(app.scripts) : empty("There is no script in it."),
  ];
}

function facts(app) {
  const rows = [["Title", app.title], ["Version", app.version], ["Icon", app.icon]].filter(([, said]) => said);
  if (rows.length === 0) return null;
  return h("dl.facts", {}, rows.map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said))));
}

const menu = (items) => h("ul.menu", {}, items.map((item) => h(`li.depth-${Math.min(item.depth, 4)}`, {},
  item.text || "–", item.href ? [" ", h("code", {}, item.href)] : null,
  item.isDefault ? h("span.badge.quiet", {}, "default") : null)));

const notes = (app) => [
  app.needsJavascript ? h("p.hint", {}, "pinokio.js is a program in JavaScript, which is not run: its menu is not read.") : null,
  app.hasSubmodules ? h("p.hint", {}, "The repository has submodules, which are not fetched.") : null,
];

const scripts = (list) => table("Scripts of the app", ["File", "Title", "Steps", "State"], list.map((script) => [
  script.file, script.title ?? "–", script.needsJavascript ? "–" : script.steps, state(script)]));

function state(script) {
  if (script.needsJavascript) return "a program in JavaScript, which is not run";
  const said = [[script.errors, "error"], [script.warnings, "warning"]].filter(([number]) => number > 0);
  return said.map(([number, what]) => count(number, what)).join(", ") || "nothing is wrong";
}
