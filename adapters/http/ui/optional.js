// Sections for what not every server has: settings, and the audit of sandboxes.

import { ask, get, put } from "./api.js";
import { button, h } from "./dom.js";
import { lacking, may } from "./scope.js";
import { badge, bytes, count, empty, figure, problem, span, table, when } from "./words.js";

const known = new Map();

/** The settings in force. */
export function settingsView(redraw) {
  return [h("h1", {}, "Settings"), loaded("config", () => get("config"), redraw, settings)];
}

/** What sandboxes have refused. */
export function auditView(redraw) {
  const load = async () => (await ask("GET", "../api/guard/sandbox-audit?probes=false")).json();
  return [h("h1", {}, "Audit"), loaded("audit", load, redraw, audit)];
}

/** Whether the machine and the workspace are fit. */
export function doctorView(redraw) {
  return [h("h1", {}, "Doctor"), loaded("doctor", () => get("doctor"), redraw, doctor)];
}

/** Has these be asked for again when they are shown next. */
export function forgetOptional() {
  known.clear();
}

function loaded(key, load, redraw, view) {
  if (!known.has(key)) {
    known.set(key, null);
    const keep = (value) => { known.set(key, value); redraw(); };
    load().then(keep, keep);
  }
  const value = known.get(key);
  if (value === null) return empty("Loading…");
  if (value.status === 404) return empty("This server does not offer this.", h("p.hint", {}, "A newer one may."));
  return value instanceof Error ? problem(value) : view(value);
}

function settings(config) {
  const { disk, note, settings: all, foreignSections, ...rest } = config;
  const rows = Object.entries(rest).map(([name, value]) =>
    h("div", {}, h("dt", {}, words(name)), h("dd", {}, shown(value))));
  return [h("dl.facts", {}, rows), disk ? disks(disk) : null, note ? h("p.hint", {}, note) : null,
    all ? [may("admin") ? settingsForm(config) : lacking("To change them", "admin"), every(all)] : null];
}

/** The settings that can be changed here. */
const settingsForm = (config) => h("form.question", { "data-key": "settings", "data-form": "settings" },
  h("h2", {}, "Change"),
  FIELDS.map(([key, label]) => h("div.field", {}, h("label", { for: `set-${key}` }, label),
    h("input", { id: `set-${key}`, name: key, type: "text", value: config[key] ?? "", autocomplete: "off" }))),
  h("div.field", {}, h("input", { id: "set-preferUv", name: "preferUv", type: "checkbox", checked: config.preferUv }),
    h("label", { for: "set-preferUv" }, "Use uv when it is there")),
  h("p.actions", {}, h("button.main", { type: "submit" }, "Save")),
  h("p", { role: "status" }));

const FIELDS = [["envsDir", "Folder of environments"], ["appsDir", "Folder of apps"], ["pythonBinary", "Interpreter"]];

/** Sends what was changed in the form of settings, and says what came of it. */
export async function saveSettings(form) {
  const body = {};
  for (const field of form.querySelectorAll("input")) {
    const [is, was] = field.type === "checkbox" ? [field.checked, field.defaultChecked] : [field.value, field.defaultValue];
    if (is !== was) body[field.name] = is;
  }
  const { message } = await put("config", { body });
  form.querySelector("[role=status]").textContent = message;
}

const every = (all) => [h("h2", {}, "All settings"), table("All settings, and where each comes from", ["Setting", "Value", "From"],
  all.map(({ key, value, counts, about, source, line }) => [h("code", { title: about }, key), counts ?? shown(value), line ? `${source}, line ${line}` : source]))];

const NAMES = {
  envsDir: "Environments are in", appsDir: "Apps are in", tomlPath: "Settings file", pythonBinary: "Interpreter",
  preferUv: "uv is used when it is there", restartDelayMs: "First restart after (ms)", maxLogLines: "Lines of a log that are kept",
};

const words = (name) => NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? h("code", {}, JSON.stringify(value)) : String(value);
}

function disks(disk) {
  const bar = (label, used, whole) => h("p.meter", {}, h("label", {}, h("span", {}, label),
    h("meter", { min: 0, max: disk.totalBytes, high: disk.totalBytes * 0.6, value: used })), ` ${whole ? "" : "at least "}${bytes(used)}`);
  return [h("h2", {}, "Disk"), bar("Environments", disk.envsBytesUsed, disk.envsWhole), bar("Apps", disk.appsBytesUsed, disk.appsWhole),
    h("p.hint", {}, `${bytes(disk.freeBytes)} of ${bytes(disk.totalBytes)} are free`)];
}

function doctor({ findings, problems, warnings }) {
  return [
    h("p", {}, `${count(problems, "problem")}, ${count(warnings, "warning")}.`),
    h("p.actions", {}, button("Look again", "look-again")),
    table("What was found", ["About", "State", "Seen"], findings.map(({ about, state, seen, hint }) => [
      about, badge(state), [seen, hint ? h("p.hint", {}, `To do: ${hint}`) : null]])),
  ];
}

function audit({ entries }) {
  if (entries.length === 0) return empty("Nothing was recorded yet.");
  const columns = ["Command", "When", "App", "Sandbox", "Missing", "State", "Code", "Time"];
  const hint = h("p.hint", {}, "Without what the server itself started to look what is there, which ", h("code", {}, "collodi audit --all"), " shows.");
  return [hint, table("What ran, the newest first, and in which sandbox", columns, [...entries].reverse().map((entry) => [
    h("code", {}, entry.command), when(entry.timestamp), shown(entry.app), shown(entry.sandbox?.requested),
    entry.sandbox?.missing?.join(", ") || "–", badge(entry.state ?? ""), shown(entry.exitCode),
    entry.durationMs === null || entry.durationMs === undefined ? "–" : figure(span(entry.durationMs))]))];
}
