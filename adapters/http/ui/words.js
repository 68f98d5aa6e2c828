// How things are said.

import { h } from "./dom.js";

const TONES = {
  running: "good", serving: "good", completed: "good", done: "good", ok: "good",
  warning: "busy", problem: "bad",
  starting: "busy", waiting: "busy", stopping: "busy", crashed: "bad", failed: "bad",
};

/** A state as a badge. */
export const badge = (word) => h(`span.badge.${TONES[word] ?? "quiet"}`, {}, word.replaceAll(/[_-]/g, " "));

/** The state of a process: one that ended well and is started again has not crashed, and one that failed for good was not stopped. */
export const stateOf = ({ status, failed }) => {
  if (status === "crashed" && !failed) return "waiting";
  return status === "stopped" && failed ? "failed" : status;
};

/** A time as people say it. */
export function when(text) {
  if (!text) return "–";
  const date = new Date(text);
  const today = date.toDateString() === new Date().toDateString();
  const shown = today ? date.toLocaleTimeString() : date.toLocaleString();
  return h("time", { datetime: text, title: date.toLocaleString() }, shown);
}

/** An address that may become a link, or null: only those of the web do. */
export const webAddress = (url) => /^https?:\/\//.test(url ?? "") ? url : null;

/** What a server says, as a sentence. */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Milliseconds as people say them. */
export function span(millis) {
  if (millis < 1000) return `${millis} ms`;
  const seconds = millis / 1000;
  return seconds < 120 ? `${Number(seconds.toFixed(1))} s` : `${Math.round(seconds / 60)} min`;
}

export function bytes(count) {
  const units = ["B", "KB", "MB", "GB"];
  let size = count;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; unit += 1; }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** A figure with its unit, on one line. */
export const figure = (text) => h("span.figure", {}, text);

/** What a folder takes: counted in the background. */
export function size(of) {
  if (!of) return "counting…";
  if (of.whole) return figure(bytes(of.bytes));
  const why = [of.note, ...(of.leftOut ?? []).map(({ path, why }) => `${path}: ${why}`)].filter(Boolean).join("; ");
  return [figure(`at least ${bytes(of.bytes)}`), h("p.hint", {}, `Not counted: ${why}`)];
}

/** What of it goes with the folder. */
export function freed(of) {
  if (!of) return "–";
  const shared = of.sharedBytes > 0 ? ` (${bytes(of.sharedBytes)} are shared and stay)` : null;
  return [figure(bytes(of.freedBytes)), shared];
}

/** A problem, with what to do about it and what is wrong with the script. */
export function problem(error, ...more) {
  return h("div.problem", {},
    h("p", {}, h("strong", {}, error.message)),
    error.hint ? h("p.hint", {}, error.hint) : null,
    error.diagnostics?.length > 0 ? diagnostics(error.diagnostics) : null,
    more);
}

/** What there is to say about a script; `place` shows where. */
export function diagnostics(list, place = written) {
  return h("ul.diagnostics", {}, list.map((entry) => h(`li.${entry.severity}`, {},
    place(entry), " ", h("strong", {}, entry.severity), ` ${entry.message}`,
    entry.note ? h("p.hint", {}, entry.note) : null,
    entry.hint ? h("p.hint", {}, entry.hint) : null)));
}

const written = ({ line, column }) => h("span.place", {}, `${line}:${column}`);

/** How many of what there are. */
export const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** What is shown where there is nothing. */
export const empty = (text, ...more) => h("div.empty", {}, h("p", {}, text), ...more);

/** A row, for what its first cell names. */
function of(row) {
  row.dataset.of = row.firstChild?.textContent ?? "";
  return row;
}

/** A table: the names of its columns, and rows of cells, of which the first names the row. */
export function table(caption, columns, rows) {
  const cell = (content, index) => index === 0
    ? h("th", { scope: "row" }, content)
    : h("td", { "data-label": columns[index] }, content);
  return h("div.wide", { tabindex: 0, role: "region", "aria-label": caption }, h("table", {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => of(h("tr", {}, row.map(cell)))))));
}
