// Apps: run, stop, what a run would do, what is wrong with the script.

import { get, part } from "./api.js";
import { button, h } from "./dom.js";
import { isAlive, isUnderWay, measure, processes, runs, store } from "./store.js";
import { launcherPart } from "./launcher.js";
import { badge, diagnostics, empty, problem, size } from "./words.js";

/** All apps. */
export function appsView() {
  const head = h("div.head", {}, h("h1", {}, "Apps"), button("Add app", "add-app", "", { class: "main" }));
  if (store.apps === null) return [head, empty("Loading…")];
  if (store.apps.length === 0) {
    return [head, empty("There are no apps yet.", h("p.hint", {},
      "Add one from a repository or a template. A folder of this machine is added by collodi add."))];
  }
  measure();
  return [head, h("ul.cards", {}, store.apps.map(card))];
}

function card(app) {
  return h("li.card", {},
    h("h2", {}, h("a", { href: `#/apps/${part(app.name)}` }, app.name)),
    h("p.path", {}, app.path),
    app.origin ? h("p.hint", {}, app.origin.words) : null,
    h("p.hint", {}, "Size: ", size(app.size)),
    h("p", {}, state(app)),
    actions(app));
}

function state(app) {
  const run = runs().find((run) => run.appId === app.name && isUnderWay(run));
  const alive = processes().filter((process) => process.appId === app.name && isAlive(process));
  if (!app.hasScript) return h("span.badge.quiet", {}, "no script");
  return [
    run ? [badge(run.status), " ", h("a", { href: `#/runs/${part(run.id)}` }, at(run))] : null,
    alive.map((process) => [" ", badge(process.status), " ",
      h("a", { href: `#/processes/${part(process.id)}` }, process.id)]),
    !run && alive.length === 0 ? h("span.badge.quiet", {}, "nothing runs") : null,
  ];
}

const at = (run) => {
  const step = run.steps.findIndex((step) => step.status === "running");
  return step < 0 ? "run" : `step ${step + 1} of ${run.steps.length}`;
};

function actions(app, more = true) {
  const busy = runs().some((run) => run.appId === app.name && isUnderWay(run))
    || processes().some((process) => process.appId === app.name && isAlive(process));
  const named = (label) => ({ "aria-label": `${label} ${app.name}` });
  return h("p.actions", {},
    app.hasScript && !busy ? button("Run", "run", app.name, { class: "main", ...named("Run") }) : null,
    busy ? button("Stop", "stop-app", app.name, { class: "danger", ...named("Stop") }) : null,
    !busy && app.origin?.url ? button("Update", "update-app", app.name, named("Update")) : null,
    !busy ? button("Remove", "remove-app", app.name, { class: "danger", ...named("Remove") }) : null,
    app.hasScript && more ? h("a.button", { href: `#/apps/${part(app.name)}`, ...named("Plan and script of") }, "Plan and script") : null);
}

const details = new Map();

/** One app: its plan and its script's diagnostics. */
export function appView(name, redraw) {
  const app = store.apps?.find((app) => app.name === name);
  const back = h("p", {}, h("a", { href: "#/apps" }, "← Apps"));
  if (store.apps === null) return [back, empty("Loading…")];
  if (app === undefined) return [back, h("h1", {}, name), empty("There is no such app.")];
  const detail = details.get(name) ?? load(name, redraw);
  return [back, h("h1", {}, name), h("p.path", {}, app.path), app.origin ? h("p.hint", {}, app.origin.words) : null,
    h("p", {}, state(app)), actions(app, false),
    h("section", { "aria-labelledby": "launcher" }, h("h2", { id: "launcher" }, "Launcher"), launcherPart(detail.app)),
    h("section", { "aria-labelledby": "script" }, h("h2", { id: "script" }, "Script"), scriptPart(detail)),
    h("section", { "aria-labelledby": "plan" }, h("h2", { id: "plan" }, "What a run would do"), planPart(detail))];
}

/** Has the plan be asked for again. */
export function forget(name) {
  details.delete(name);
}

function load(name, redraw) {
  const detail = { app: null, plan: null, script: null };
  details.set(name, detail);
  const keep = (key) => (value) => { detail[key] = value; redraw(); };
  get(`apps/${part(name)}`).then(keep("app"), keep("app"));
  get(`apps/${part(name)}/diagnostics`).then(keep("script"), keep("script"));
  get(`apps/${part(name)}/plan`).then(keep("plan"), keep("plan"));
  return detail;
}

function scriptPart({ script }) {
  if (script === null) return empty("Loading…");
  if (script instanceof Error) return problem(script);
  return [h("p", {}, h("code", {}, script.file), script.diagnostics.length === 0 ? ": nothing is wrong with it." : ""),
    script.diagnostics.length > 0 ? diagnostics(script.diagnostics) : null];
}

function planPart({ plan }) {
  if (plan === null) return empty("Playing the script in memory…");
  if (plan instanceof Error && plan.diagnostics.length > 0) return empty("Nothing, as long as the script has errors.");
  if (plan instanceof Error) return problem(plan);
  return [
    steps(plan.steps),
    h("p", {}, "It would be ", badge(plan.ending.status), plan.ending.reason ? ` ${plan.ending.reason}` : ""),
    plan.ending.hint ? h("p.hint", {}, plan.ending.hint) : null,
    plan.assumptions.length === 0 ? null : h("details", {}, h("summary", {}, "What nobody can know before"),
      h("ul", {}, plan.assumptions.map((assumption) => h("li", {}, assumption.text))))];
}

const steps = (list) => h("ol.plan", {}, list.map((step) => h("li", {},
  h("strong", {}, step.method),
  step.line ? h("span.place", {}, ` line ${step.line}`) : null,
  step.skipped ? h("p.hint", {}, `left out: ${step.skipped}`) : null,
  h("ul", {}, step.effects.map(effect)),
  (step.notes ?? []).map((note) => h("p.hint", {}, note)))));

function effect(effect) {
  const line = (...children) => h("li", {}, ...children);
  switch (effect.kind) {
    case "command": return line(h("code", {}, effect.line), effect.daemon ? " as a daemon" : "",
      effect.restarts ? ", started again when it ends" : "", h("span.hint", {}, ` in ${effect.cwd}`));
    case "typed": return line("types ", h("code", {}, effect.line));
    case "environment": return line(effect.exists ? "uses the environment " : "makes the environment ", h("code", {}, effect.path));
    case "file": return line(`${effect.what.replaceAll("-", " ")} `, h("code", {}, effect.path), effect.from ? [" from ", h("code", {}, effect.from)] : "");
    case "port": return line(`takes a free port from ${effect.from} on`);
    case "connect": return line(`connects to ${effect.address}`);
    case "network": return line(`${effect.method ?? "downloads"} `, h("code", {}, effect.url), effect.to ? [" to ", h("code", {}, effect.to)] : "");
    case "ask": return line(`asks for ${effect.fields.join(", ")}`);
    case "show": return line(`shows ${effect.method}`);
    case "log": return line("logs ", h("code", {}, effect.text));
    case "wait": return line(`waits: ${effect.reason}`);
    case "script": return line("runs ", h("code", {}, `${effect.root}/${effect.file}`), steps(effect.steps));
    default: return line(effect.text ?? effect.kind);
  }
}
