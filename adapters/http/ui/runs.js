// Runs: their steps, what they say, and what they ask.

import { part } from "./api.js";
import { h } from "./dom.js";
import { questionForm } from "./question.js";
import { lacking, may, offer } from "./scope.js";
import { isUnderWay, runs, store } from "./store.js";
import { badge, bytes, empty, table, when } from "./words.js";

/** All runs, the newest first. */
export function runsView() {
  const head = h("h1", {}, "Runs");
  if (runs().length === 0) {
    return [head, empty("Nothing was run yet.", h("p.hint", {}, "Run an app on the page ", h("a", { href: "#/apps" }, "Apps"), "."))];
  }
  return [head, table("Runs, the newest first", ["Run", "State", "Steps", "Begun", "Actions"], runs().map(row))];
}

function row(run) {
  const done = run.steps.filter((step) => ["done", "skipped"].includes(step.status)).length;
  return [
    h("a", { href: `#/runs/${part(run.id)}` }, run.id),
    [badge(run.status), run.question ? [" ", h("span.badge.ask", {}, "asks")] : null],
    `${done} of ${run.steps.length}`,
    when(run.startedAt),
    actions(run),
  ];
}

function actions(run) {
  return isUnderWay(run)
    ? offer("Cancel", "cancel", run.id, { class: "danger", "aria-label": `Cancel ${run.id}` })
    : offer("Run again", "rerun", run.id, { "aria-label": `Run ${run.appId} again` });
}

/** One run. `log` is the view of what it says. */
export function runView(id, log) {
  const run = store.runs.get(id);
  const back = h("p", {}, h("a", { href: "#/runs" }, "← Runs"));
  if (run === undefined) return [back, h("h1", {}, id), empty("The server does not know this run, or keeps it no longer.")];
  return [back,
    h("h1", {}, id), h("p", {}, badge(run.status), ` ${run.file}, begun `, when(run.startedAt)),
    overrides(run.overrides),
    h("p.actions", {}, actions(run)),
    run.question ? may("operate") ? questionForm(run.id, run.question) : lacking("The run waits for an answer. To give it", "operate") : null,
    progress(store.progress.get(id)),
    failure(run.outcome?.failure),
    h("h2", {}, "Steps"), stepList(run),
    processLinks(run),
    noteList(store.notes.get(id)),
    h("h2", {}, "Output"), log.element];
}

/** What was said over the script: names of variables, no values. */
function overrides(said) {
  if (!said) return null;
  const parts = [
    said.env.length ? `variables ${said.env.join(", ")}` : null,
    said.restart ? `restart ${said.restart}` : null,
    said.restartDelayMs === undefined ? null : `first restart after ${said.restartDelayMs} ms`,
  ];
  return h("p.hint", {}, `Over the script: ${parts.filter(Boolean).join("; ")}`);
}

const stepList = (run) => run.steps.length === 0 ? empty("This run was begun by an earlier server.")
  : h("ol.steps", {}, run.steps.map((step) => h(`li.${step.status}`, {},
    badge(step.status), h("strong", {}, ` ${step.method}`), step.list ? ` (${step.list})` : "",
    step.command ? h("code.command", {}, step.command) : null)));

function processLinks(run) {
  if (run.daemonProcessIds.length === 0) return null;
  return h("p", {}, "Processes: ", run.daemonProcessIds.map((id) => [h("a", { href: `#/processes/${part(id)}` }, id), " "]));
}

function progress(told) {
  if (told === undefined) return null;
  const shown = told.total ? `${bytes(told.done)} of ${bytes(told.total)}` : bytes(told.done);
  return h("p", {}, h("progress", { max: told.total ?? null, value: told.total ? told.done : null, "aria-label": "Transfer" }), ` ${shown}`);
}

function failure(failed) {
  if (!failed) return null;
  return h("div.problem", {},
    h("p", {}, h("strong", {}, `Step ${failed.step + 1} (${failed.method}) failed: ${failed.message}`)),
    failed.hint ? h("p.hint", {}, failed.hint) : null,
    h("p.hint", {}, `at ${failed.pointer || "/"} in the script`),
    failed.output?.length ? h("pre", { tabindex: 0, "aria-label": "Last lines" }, failed.output.join("\n")) : null);
}

function noteList(notes) {
  if (!notes) return null;
  return [h("h2", {}, "Notes"), h("ul.notes", {}, notes.map((text) => h("li", {}, text)))];
}
