// Apps: run, stop, what is in them.

import { get, part } from "./api.js";
import { button, h } from "./dom.js";
import { unsaved } from "./editor.js";
import { isAlive, isUnderWay, measure, processes, runs, store } from "./store.js";
import { launcherPart } from "./launcher.js";
import { may, offer } from "./scope.js";
import { badge, empty, problem, size, stateOf, webAddress } from "./words.js";

/** All apps. */
export function appsView() {
  const head = h("div.head", {}, h("h1", {}, "Apps"), offer("Add app", "add-app", "", { class: "main" }));
  if (store.apps === null) return [head, unknown()];
  if (store.apps.length === 0) {
    return [head, empty("There are no apps yet.", h("p.hint", {},
      may("admin") ? "Add one from a repository or a template. A folder of this machine is added by collodi add." : "A token that may admin can add one."))];
  }
  measure();
  return [head, h("ul.cards", {}, store.apps.map(card))];
}

const unknown = () => store.trouble === null ? empty("Loading…")
  : [problem(store.trouble), h("p.actions", {}, button("Try again", "try-again"))];

function card(app) {
  return h("li.card", { "data-of": app.name },
    h("h2", {}, h("a", { href: `#/apps/${part(app.name)}` }, app.name)),
    h("p.path", {}, app.path),
    app.origin ? h("p.hint", {}, app.origin.words) : null,
    h("p.hint", {}, "Size: ", size(app.size)),
    h("p", {}, state(app), unsaved().includes(app.name) ? [" ", h("span.badge.busy", {}, "script not saved")] : null),
    actions(app));
}

function state(app) {
  const run = runs().find((run) => run.appId === app.name && isUnderWay(run));
  const alive = processes().filter((process) => process.appId === app.name && isAlive(process));
  if (!app.hasScript) return h("span.badge.quiet", {}, "no script");
  return [
    run ? [badge(run.status), " ", h("a", { href: `#/runs/${part(run.id)}` }, at(run))] : null,
    alive.map((process) => [" ", badge(stateOf(process)), " ",
      h("a", { href: `#/processes/${part(process.id)}` }, process.id)]),
    leftAlone(app).map(({ id }) => [" ", h("span.badge.bad", {}, "left alone"), " ", h("a", { href: "#/processes" }, id)]),
    !run && alive.length === 0 && leftAlone(app).length === 0 ? h("span.badge.quiet", {}, "nothing runs") : null,
  ];
}

/** Of an earlier server, which this one could not read about. */
const leftAlone = (app) => store.leftAlone.filter(({ appId }) => appId === app.name);

const at = (run) => {
  const step = run.steps.findIndex((step) => step.status === "running");
  return step < 0 ? "run" : `step ${step + 1} of ${run.steps.length}`;
};

/** Where what runs of an app answers. */
const addresses = (app) => processes().filter((process) => process.appId === app.name && isAlive(process))
  .map(({ url }) => webAddress(url)).filter(Boolean);

function actions(app, more = true) {
  const busy = runs().some((run) => run.appId === app.name && isUnderWay(run))
    || processes().some((process) => process.appId === app.name && isAlive(process)) || leftAlone(app).length > 0;
  const named = (label) => ({ "aria-label": `${label} ${app.name}` });
  return h("p.actions", {},
    app.hasScript && !busy ? offer("Run", "run", app.name, { class: "main", ...named("Run") }) : null,
    busy ? offer("Stop", "stop-app", app.name, { class: "danger", ...named("Stop") }) : null,
    addresses(app).map((url) => h("a.button.main", { href: url, target: "_blank", rel: "noopener noreferrer", title: url, ...named("Open") }, "Open")),
    !busy && app.origin?.url ? offer("Update", "update-app", app.name, named("Update")) : null,
    offer("Remove", "remove-app", app.name, { class: "danger", ...named("Remove") }),
    app.hasScript && more ? h("a.button", { href: `#/apps/${part(app.name)}`, ...named("Plan and script of") }, "Plan and script") : null);
}

const launchers = new Map();

/** One app: its launcher, and its script in the editor that `editorOf` has for it. */
export function appView(name, redraw, editorOf) {
  const app = store.apps?.find((app) => app.name === name);
  const back = h("p", {}, h("a", { href: "#/apps" }, "← Apps"));
  if (store.apps === null) return [back, unknown()];
  if (app === undefined) return [back, h("h1", {}, name), empty("There is no such app.", h("p.hint", {}, "It was removed, or has another name by now."))];
  if (!launchers.has(name)) load(name, redraw);
  return [back, h("h1", {}, name), h("p.path", {}, app.path), app.origin ? h("p.hint", {}, app.origin.words) : null,
    h("p", {}, state(app)), actions(app, false),
    h("section", { "aria-labelledby": "launcher" }, h("h2", { id: "launcher" }, "Launcher"), launcherPart(launchers.get(name))),
    app.hasScript ? editorOf(name).element : noScript(app)];
}

const noScript = (app) => empty("There is no script here that could be run.",
  h("p.hint", {}, "Write a pinokio.json into ", h("code", {}, app.path), ", or remove the app and add it again."));

/** Has the launcher be asked for again. */
export function forget(name) {
  launchers.delete(name);
}

function load(name, redraw) {
  launchers.set(name, null);
  const keep = (app) => { launchers.set(name, app); redraw(); };
  get(`apps/${part(name)}`).then(keep, keep);
}
