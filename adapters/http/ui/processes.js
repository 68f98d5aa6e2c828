// Processes: their state, what is to come, and what they say.

import { part } from "./api.js";
import { h } from "./dom.js";
import { offer } from "./scope.js";
import { usageView } from "./spark.js";
import { isAlive, processes, store } from "./store.js";
import { isUsageOffered } from "./usage.js";
import { badge, empty, span, stateOf, table, webAddress, when } from "./words.js";

/** All processes, the newest first. */
export function processesView() {
  const head = [h("h1", {}, "Processes"), store.leftAlone.map(leftAlone)];
  if (processes().length === 0) {
    return [head, empty("No process runs.", h("p.hint", {}, "A process is what a script leaves running, as its server. Run an app on the page ",
      h("a", { href: "#/apps" }, "Apps"), "."))];
  }
  const columns = ["Process", "State", "PID", "Begun", "Address", isUsageOffered() ? "Takes" : null, "Actions"];
  return [head, table("Processes, the newest first", columns.filter(Boolean), processes().map(row))];
}

/** One of an earlier server of which nobody knows more. */
const leftAlone = ({ id, file, reason, hint, found }) => h("section.question", { "aria-label": `${id}, left alone` },
  h("p", {}, h("strong", {}, id), found ? " is left as it is: " : " is left as it is, and nobody knows whether it runs: ", h("code", {}, file), ` ${reason}.`),
  h("p.hint", {}, hint),
  h("p.actions", {}, offer("Stop", "stop", id, { class: "danger", "aria-label": `Stop ${id}` })));

function row(process) {
  return [
    h("a", { href: `#/processes/${part(process.id)}` }, process.id),
    [badge(stateOf(process)), hints(process).filter(Boolean).map((text) => h("p.hint", {}, text))],
    process.pid < 0 ? "–" : process.pid,
    when(process.startedAt),
    address(process),
    isUsageOffered() ? isAlive(process) ? usageView(process.id) : "–" : null,
    actions(process),
  ].filter((cell) => cell !== null);
}

/** Why it is in this state, and what it waits for. */
const hints = (process) => [
  process.reason === process.status ? null : process.reason,
  process.endedAt ? ["ended ", when(process.endedAt)] : null,
  process.nextStart ? ["starts again ", when(process.nextStart)] : null,
  process.waitsFor?.length ? `waits for ${process.waitsFor.join(", ")}` : null,
  process.stillAlive?.length ? `still lives: ${members(process)}` : null,
  restarts(process),
];

const members = ({ stillAlive }) => stillAlive.map((one) => `${one.name} (pid ${one.pid})`).join(", ");

const restarts = ({ restartCount: times }) => times > 0 ? `restarted ${times === 1 ? "once" : `${times} times`}` : null;

/** Where it answers. */
function address({ url }) {
  if (webAddress(url) === null) return url ?? "–";
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url);
}

/** What ends something keeps its place when an address comes: what comes later stands behind it. */
function actions(process, more = true) {
  const named = (label) => ({ "aria-label": `${label} ${process.id}` });
  const url = isAlive(process) ? webAddress(process.url) : null;
  return h("span.actions", {},
    isAlive(process)
      ? [offer("Restart", "restart", process.id, named("Restart")),
        offer("Stop", "stop", process.id, { class: "danger", ...named("Stop") })]
      : [offer("Start", "start", process.id, named("Start")),
        offer("Run again", "run", process.appId, { "aria-label": `Run ${process.appId} again` })],
    url ? h("a.button.main", { href: url, target: "_blank", rel: "noopener noreferrer", ...named("Open") }, "Open") : null,
    more ? h("a.button", { href: `#/processes/${part(process.id)}`, ...named("Logs of") }, "Logs") : null);
}

/** One process. `log` is the view of what it says. */
export function processView(id, log) {
  const process = store.processes.get(id);
  const back = h("p", {}, h("a", { href: "#/processes" }, "← Processes"));
  if (process === undefined) return [back, h("h1", {}, id), empty("The server does not know this process, or keeps it no longer.")];
  return [back, h("h1", {}, id),
    h("p.actions", {}, badge(stateOf(process)), actions(process, false)),
    facts(process),
    h("h2", {}, "Output"), log.element];
}

function facts(process) {
  const rows = [
    ["App", h("a", { href: `#/apps/${part(process.appId)}` }, process.appId)],
    process.name ? ["Called", process.name] : null,
    ["Run", store.runs.has(process.runId) ? h("a", { href: `#/runs/${part(process.runId)}` }, process.runId) : process.runId || "–"],
    ["Command", h("code", {}, process.command)],
    ["Address", address(process)],
    ["PID", process.pid < 0 ? "–" : process.pid],
    isUsageOffered() && isAlive(process) ? ["Takes", usageView(process.id)] : null,
    ["Begun", when(process.startedAt)],
    ["Restarts", process.restartCount],
    ["Is restarted", process.restartPolicy || "–"],
    process.nextStart ? ["Starts again", when(process.nextStart)] : null,
    process.nextDelaysMs?.length ? ["Delays to come", process.nextDelaysMs.map(span).join(", ")] : null,
    process.waitsFor?.length ? ["Waits for", process.waitsFor.join(", ")] : null,
    process.notKept ? ["Not kept", process.notKept] : null,
    process.stillAlive?.length ? ["Still alive", members(process)] : null,
    process.endedAt ? ["Ended", when(process.endedAt)] : null,
    process.reason ? ["Reason", process.reason] : null,
  ];
  return h("dl.facts", {}, rows.filter(Boolean).map(([name, value]) => h("div", { class: name === "Command" ? "all" : null }, h("dt", {}, name), h("dd", {}, value))));
}
