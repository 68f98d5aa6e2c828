// The page: which view is shown, and what its buttons do.

import { addApp } from "./add.js";
import { del, get, part, post, setToken, token } from "./api.js";
import { appView, appsView, forget } from "./apps.js";
import { h, onAction, show } from "./dom.js";
import { deletion, envsView, isInUse } from "./envs.js";
import { LogView } from "./log.js";
import { auditView, doctorView, forgetOptional, saveSettings, settingsView } from "./optional.js";
import { processView, processesView } from "./processes.js";
import { answers } from "./question.js";
import { runView, runsView } from "./runs.js";
import { isAlive, isUnderWay, processes, refresh, runs, start, store } from "./store.js";
import { problem } from "./words.js";

const $ = (id) => document.getElementById(id);
const main = $("main");

const VIEWS = [
  ["apps", "Apps"], ["runs", "Runs"], ["processes", "Processes"],
  ["envs", "Environments"], ["settings", "Settings"], ["doctor", "Doctor"], ["audit", "Audit"],
];

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
    default: return id ? appView(id, draw) : appsView();
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
  drawStatus();
  drawBanners();
}

function navigation(current) {
  const counts = { runs: runs().filter(isUnderWay).length, processes: processes().filter(isAlive).length };
  return h("ul", {}, VIEWS.map(([name, label]) => h("li", {},
    h("a", { href: `#/${name}`, "aria-current": name === current ? "page" : null }, label,
      counts[name] ? h("span.badge.quiet", {}, counts[name]) : null))));
}

function drawStatus() {
  const { status } = store;
  if (status === null) return show($("status"), "Connecting…");
  const facts = [
    status.healthy ? status.version : "Python not found: install python3 with venv",
    status.uv === "not found" ? "uv not found" : status.uv,
    status.conda === "available" ? "conda" : "no conda",
    status.appleSilicon ? `Apple Silicon, MLX ${status.mlx}` : "",
    ...machine(status.machine ?? {}),
  ];
  show($("status"), facts.filter(Boolean).map((text) => h("span.fact", {}, text)));
}

function machine({ platform, arch, ram, gpu, gpu_model: model, vram }) {
  const card = [model ?? gpu, vram && vram !== "0" ? `${vram} GiB` : null];
  return [
    [platform, arch].filter(Boolean).join(" "),
    ram ? `${ram} GiB of memory` : "",
    gpu === "none" ? "no GPU" : card.filter(Boolean).join(", "),
  ].filter(Boolean);
}

function drawBanners() {
  const stale = $("stale");
  stale.hidden = store.staleSince === null;
  show(stale, stale.hidden ? "" : `Connection lost at ${store.staleSince.toLocaleTimeString()}. What is shown may be out of date. Trying again…`);
  const asking = runs().filter((run) => run.question && isUnderWay(run) && place().id !== run.id);
  const asks = $("asks");
  asks.hidden = asking.length === 0;
  show(asks, asking.map((run) => h("p", {}, h("a", { href: `#/runs/${part(run.id)}` }, run.id), " waits for an answer")));
}

// What is done

const actions = {
  "run": (name) => attempt(() => runApp(name)),
  "rerun": (id) => attempt(() => runApp(store.runs.get(id).appId)),
  "stop-app": (name) => attempt(() => post(`apps/${part(name)}/stop`)),
  "cancel": (id) => attempt(() => post(`runs/${part(id)}/cancel`)),
  "restart": (id) => attempt(() => post(`processes/${part(id)}/restart`)),
  "stop": (id) => attempt(() => post(`processes/${part(id)}/stop`)),
  "delete-env": (name) => attempt(async () => {
    const env = store.envs.find((env) => env.name === name);
    const force = isInUse(env);
    const question = `Delete the environment ${name} with all that is installed in it?`;
    if (await sure(question, force ? "Delete anyway" : "Delete", deletion(env))) await del(`envs/${part(name)}${force ? "?force=true" : ""}`);
  }),
  "add-app": () => attempt(async () => {
    const name = await addApp();
    if (name === null) return;
    await refresh();
    location.hash = `#/apps/${part(name)}`;
  }),
  "update-app": (name) => attempt(async () => {
    const { status, app } = await post(`apps/${part(name)}/update`);
    forget(name);
    await refresh();
    notice(status === "unchanged" ? `${name} is up to date` : `${name} is updated: ${app.origin.words}`);
  }),
  "remove-app": (name) => attempt(async () => {
    if (!await sure(`Remove ${name} with all files in its folder? Environments stay.`, "Remove")) return;
    await del(`apps/${part(name)}`);
    forget(name);
    location.hash = "#/apps";
    await refresh();
  }),
  "look-again": () => { forgetOptional(); draw(); },
  "dismiss": (_, target) => target.closest(".notice").remove(),
};

async function runApp(name) {
  const { runId } = await post(`apps/${part(name)}/run`, { headers: { Prefer: "respond-async" } });
  location.hash = `#/runs/${part(runId)}`;
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    if (error.status === 401) askForToken("The token is not that of this server.");
    else notice(error);
  }
}

/** Says what went wrong, or how something went. */
function notice(what) {
  const dismiss = h("button", { type: "button", "data-action": "dismiss", "aria-label": "Dismiss" }, "×");
  $("notices").append(h("div.notice", {}, what instanceof Error ? problem(what) : h("p", {}, what), dismiss));
}

/** Asks before something that cannot be undone. */
function sure(question, yes, facts) {
  const dialog = h("dialog", { "aria-labelledby": "sure" }, h("form", { method: "dialog" },
    h("h2", { id: "sure" }, question),
    facts,
    h("p.actions", {}, h("button.danger", { value: "yes" }, yes), h("button", { value: "no", autofocus: true }, "Keep"))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  }));
}

const forms = {
  "settings": saveSettings,
  "create-env": async (form) => {
    const field = form.querySelector("input");
    const { warning } = await post(`envs/${part(field.value)}`);
    if (warning) notice({ message: `Warning: ${warning}` });
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
  start(following.signal, draw, () => askForToken("The token is not that of this server."));
  draw();
}

function askForToken(why) {
  following?.abort();
  following = null;
  log?.close();
  log = null;
  show($("nav"));
  show($("status"), "Not connected");
  const form = h("form.token", {},
    h("h1", {}, "Collodi"),
    h("p", {}, why),
    h("p.hint", {}, "In the folder of the workspace, collodi token prints it, and collodi token --url an address that has it."),
    h("label", { for: "token" }, "Token"),
    h("input", { id: "token", type: "password", required: true, autocomplete: "off" }),
    h("p.actions", {}, h("button.main", { type: "submit" }, "Connect")));
  show(main, h("div.gate", { "data-key": `gate ${Date.now()}` }, form));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    setToken(form.querySelector("#token").value);
    const refused = await get("apps").then(() => null, (error) => error);
    if (refused?.status === 401) askForToken("This token is not that of the server.");
    else enter();
  });
  $("token").focus();
}

function theme() {
  const chosen = localStorage.getItem("collodi-theme") ?? "system";
  document.documentElement.dataset.theme = chosen;
  $("theme").value = chosen;
}

$("theme").addEventListener("change", (event) => {
  localStorage.setItem("collodi-theme", event.target.value);
  theme();
});

addEventListener("hashchange", () => {
  if (location.hash.startsWith("#token=")) return token(), enter();
  const { view, id } = place();
  if (view === "apps" && id) forget(id);
  if (!id) { log?.close(); log = null; }
  forgetOptional();
  refresh();
  draw();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});

onAction(main, actions);
onAction($("notices"), actions);
main.addEventListener("submit", submitted);
theme();
if (token() === "") askForToken("This server asks for a token.");
else enter();
