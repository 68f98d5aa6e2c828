// The page: which view is shown, and what its buttons do.

import { addApp } from "./add.js";
import { del, get, part, post, token } from "./api.js";
import { appView, appsView, forget } from "./apps.js";
import { sure } from "./dialog.js";
import { button, h, onAction, show } from "./dom.js";
import { dropScript, editorOf, forgetScripts, unsaved } from "./editor.js";
import { deletion, envsView, isInUse } from "./envs.js";
import { gateView } from "./gate.js";
import { LogView } from "./log.js";
import { auditView, doctorView, forgetOptional, saveSettings, settingsView } from "./optional.js";
import { processView, processesView } from "./processes.js";
import { answers } from "./question.js";
import { removeApp } from "./removal.js";
import { runView, runsView } from "./runs.js";
import { scopeView } from "./scope.js";
import { hurry } from "./stream.js";
import { statusLine } from "./status.js";
import { isAlive, isUnderWay, processes, refresh, runs, start, store } from "./store.js";
import { chooseThemeBy } from "./theme.js";
import { updateApp } from "./update.js";
import { forgetUsage, watchUsage } from "./usage.js";
import { problem, sentence } from "./words.js";

const $ = (id) => document.getElementById(id);
const main = $("main");

const VIEWS = [
  ["apps", "Apps"], ["runs", "Runs"], ["processes", "Processes"],
  ["envs", "Environments"], ["settings", "Settings"], ["doctor", "Doctor"], ["audit", "Audit"],
];

/** The most notices that are in sight. */
const NOTICES = 4;

let log = null;
let following = null;
let drawing = 0;

// What is shown

/** Which view the address names, and of what. */
function place() {
  const [view = "", id] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  return { view: VIEWS.some(([name]) => name === view) ? view : "apps", id };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function view({ view, id }) {
  switch (view) {
    case "runs": return id ? runView(id, logOf("runs", id)) : runsView();
    case "processes": return id ? processView(id, logOf("processes", id)) : processesView();
    case "envs": return envsView();
    case "settings": return settingsView(draw);
    case "doctor": return doctorView(draw);
    case "audit": return auditView(draw);
    default: return id ? appView(id, draw, editorOf) : appsView();
  }
}

/** The log in sight; that of another view is closed. */
function logOf(kind, id) {
  if (log?.kind !== kind || log.id !== id) {
    log?.close();
    log = new LogView(kind, id);
  }
  return log;
}

function draw() {
  if (drawing === 0) drawing = requestAnimationFrame(drawNow);
}

function drawNow() {
  drawing = 0;
  if (following === null) return;
  const at = place();
  show($("nav"), navigation(at.view));
  show(main, view(at));
  document.title = [at.id, VIEWS.find(([name]) => name === at.view)[1], "Collodi"].filter(Boolean).join(" · ");
  watchUsage(looksAtProcesses, draw);
  show($("status"), statusLine(store.status));
  show($("scope"), scopeView());
  drawBanners();
}

const looksAtProcesses = () => following !== null && place().view === "processes" && processes().some(isAlive);

function navigation(current) {
  const counts = { runs: runs().filter(isUnderWay).length, processes: processes().filter(isAlive).length };
  return h("ul", {}, VIEWS.map(([name, label]) => h("li", {},
    h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, label,
      counts[name] ? h("span.badge.quiet", {}, counts[name]) : null))));
}

function drawBanners() {
  const stale = $("stale");
  stale.hidden = store.staleSince === null;
  main.toggleAttribute("data-stale", !stale.hidden);
  show(stale, stale.hidden ? "" : staleWords(store.staleSince));
  const asking = runs().filter((run) => run.question && isUnderWay(run) && place().id !== run.id);
  const asks = $("asks");
  asks.hidden = asking.length === 0;
  show(asks, asking.map((run) => h("p", {}, h("a", { href: `#/runs/${part(run.id)}` }, run.id), " waits for an answer")));
}

const staleWords = (since) => [
  h("p", {}, h("strong", {}, `Connection lost at ${since.toLocaleTimeString()}.`), " What is shown is as it was then. ",
    "If the server has ended, ", h("code", {}, "collodi serve"), " starts it again; this page then goes on by itself."),
  button("Try now", "try-again"),
];

// What is done

const actions = {
  "run": (name) => attempt(() => runApp(name)),
  "rerun": (id) => attempt(() => runApp(store.runs.get(id).appId)),
  "stop-app": (name) => attempt(() => post(`apps/${part(name)}/stop`)),
  "cancel": (id) => attempt(() => post(`runs/${part(id)}/cancel`)),
  "start": (id) => attempt(() => post(`processes/${part(id)}/start`)),
  "restart": (id) => attempt(() => post(`processes/${part(id)}/restart`)),
  "stop": (id) => attempt(() => post(`processes/${part(id)}/stop`)),
  "delete-env": (name) => attempt(async () => {
    store.envs = (await get("envs")).envs;
    const env = store.envs.find((env) => env.name === name);
    if (env === undefined) return draw();
    const force = isInUse(env);
    const question = `Delete the environment ${name} with all that is installed in it?`;
    if (await sure(question, force ? "Delete anyway" : "Delete", deletion(env)) !== null) await del(`envs/${part(name)}${force ? "?force=true" : ""}`);
  }),
  "add-app": () => attempt(async () => {
    const name = await addApp();
    if (name === null) return;
    await refresh();
    location.hash = `#/apps/${part(name)}`;
  }),
  "update-app": (name) => attempt(async () => {
    const updated = await updateApp(appOf(name));
    if (updated === null) return;
    forget(name);
    forgetScripts();
    await refresh();
    notice(updated.status === "unchanged" ? `${name} is up to date` : `${name} is updated: ${updated.app.origin.words}`);
  }),
  "remove-app": (name) => attempt(async () => {
    const removed = await removeApp(appOf(name));
    if (removed === null) return;
    forget(name);
    dropScript(name);
    location.hash = "#/apps";
    await refresh();
    notice(said(name, removed));
  }),
  "try-again": () => { hurry(); refresh(); },
  "other-token": (_, target) => { target.closest(".notice")?.remove(); askForToken("Give a token that allows more. One is made by: collodi token new --scope operate --for NAME"); },
  "look-again": () => { forgetOptional(); draw(); },
  "dismiss": (_, target) => target.closest(".notice").remove(),
};

const appOf = (name) => store.apps.find((app) => app.name === name);

function said(name, { environments = [], kept = [] }) {
  const parts = [`${name} is removed`];
  if (environments.length > 0) parts.push(`environments deleted: ${environments.join(", ")}`);
  if (kept.length > 0) parts.push(`environments that stay: ${kept.join(", ")}`);
  return parts.join("; ");
}

async function runApp(name) {
  const { runId } = await post(`apps/${part(name)}/run`, { headers: { Prefer: "respond-async" } });
  location.hash = `#/runs/${part(runId)}`;
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    if (error.status === 401) askForToken(sentence(error.message));
    else notice(error);
  }
}

/** Says what went wrong, or how something went. */
function notice(what) {
  const dismiss = h("button", { type: "button", "data-action": "dismiss", "aria-label": "Dismiss" }, "×");
  const said = what instanceof Error ? problem(what, what.status === 403 ? button("Use another token", "other-token") : null) : h("p", {}, what);
  $("notices").append(h("div.notice", {}, said, dismiss));
  while ($("notices").childElementCount > NOTICES) $("notices").firstElementChild.remove();
}

const forms = {
  "settings": saveSettings,
  "create-env": async (form) => {
    const field = form.querySelector("input");
    const { warning } = await post(`envs/${part(field.value)}`);
    if (warning) notice(`Warning: ${warning}`);
    field.value = "";
  },
};

async function submitted(event) {
  event.preventDefault();
  const form = event.target;
  const submit = form.querySelector("[type=submit]");
  submit.disabled = true;
  if (form.dataset.form) await attempt(() => forms[form.dataset.form](form));
  else await answer(form);
  submit.disabled = false;
}

async function answer(form) {
  const body = { question: Number(form.dataset.number), values: answers(form) };
  try {
    await post(`runs/${part(form.dataset.run)}/answer`, { body });
  } catch (error) {
    show(form.querySelector(".refused"), problem(error));
  }
}

// The way in

function enter() {
  following?.abort();
  following = new AbortController();
  forgetOptional();
  forgetUsage();
  forgetScripts();
  start(following.signal, draw, (problem) => askForToken(sentence(problem.message)));
  draw();
}

function askForToken(why) {
  following?.abort();
  following = null;
  log?.close();
  log = null;
  show($("nav"));
  show($("scope"));
  show($("status"), "Not connected");
  show(main, gateView(why, enter, askForToken));
  $("token").focus();
}

addEventListener("hashchange", () => {
  if (location.hash.startsWith("#token=")) return token(), enter();
  const { view, id } = place();
  if (view === "apps" && id) forget(id);
  forgetScripts();
  if (!id) { log?.close(); log = null; }
  forgetOptional();
  refresh();
  draw();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});

onAction(main, actions);
onAction($("notices"), actions);
onAction($("stale"), actions);
onAction($("scope"), actions);
main.addEventListener("submit", submitted);
main.addEventListener("saved", ({ detail: app }) => { forget(app); refresh(); });
addEventListener("visibilitychange", draw);
addEventListener("beforeunload", (event) => { if (unsaved().length > 0) event.preventDefault(); });
chooseThemeBy($("theme"));
if (token() === "") askForToken("This server asks for a token.");
else enter();
