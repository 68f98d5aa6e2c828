// Sections for what not every server has: settings, and the audit of sandboxes.

import { ask, get } from "./api.js";
import { h } from "./dom.js";
import { bytes, empty, problem, table } from "./words.js";

const known = new Map();

/** The settings in force. */
export function settingsView(redraw) {
  return [h("h1", {}, "Settings"), loaded("config", () => get("config"), redraw, settings)];
}

/** What sandboxes have refused. */
export function auditView(redraw) {
  const load = async () => (await ask("GET", "../api/guard/sandbox-audit")).json();
  return [h("h1", {}, "Audit"), loaded("audit", load, redraw, audit)];
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
  const { disk, note, ...rest } = config;
  const rows = Object.entries(rest).map(([name, value]) =>
    h("div", {}, h("dt", {}, words(name)), h("dd", {}, shown(value))));
  return [h("dl.facts", {}, rows), disk ? disks(disk) : null, note ? h("p.hint", {}, note) : null];
}

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
  const bar = (label, used) => h("p", {}, h("label", {}, `${label} `,
    h("meter", { min: 0, max: disk.totalBytes, high: disk.totalBytes * 0.6, value: used })), ` ${bytes(used)}`);
  return [h("h2", {}, "Disk"), bar("Environments", disk.envsBytesUsed), bar("Apps", disk.appsBytesUsed),
    h("p.hint", {}, `${bytes(disk.freeBytes)} of ${bytes(disk.totalBytes)} are free`)];
}

function audit(answer) {
  const entries = Array.isArray(answer) ? answer : answer.entries ?? answer.audit ?? [];
  if (entries.length === 0) return empty("Nothing was recorded yet.");
  const names = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
  return table("What ran in sandboxes, and what was refused", names.map(words),
    entries.map((entry) => names.map((name) => shown(entry[name]))));
}
