// What is known of the server, kept up to date by its events.

import { get } from "./api.js";
import { follow } from "./stream.js";

export const store = {
  runs: new Map(),
  processes: new Map(),
  /** The processes of an earlier server that this one could not read, and leaves as they are. */
  leftAlone: [],
  apps: null,
  /** Why the apps are not known; null when they are. */
  trouble: null,
  envs: null,
  status: null,
  /** What the token allows; null as long as nobody knows. A server that does not say refuses by itself. */
  scope: null,
  progress: new Map(),
  notes: new Map(),
  /** Since when nothing is heard; null when the stream is up. */
  staleSince: null,
};

const NOTES = 200;
let changed = () => {};
/** How often it was begun to follow a server: what was asked before, perhaps with another token, is not of now. */
let begun = 0;

/** Follows the server until the signal says stop; `tell` is called after each change. */
export function start(signal, tell, refused) {
  changed = tell;
  store.scope = null;
  begun += 1;
  follow(["runs", "processes", "envs"], signal, heard, (up, problem) => {
    if (problem?.status === 401 || problem?.status === 403) return refused(problem);
    if (up) store.staleSince = null;
    else store.staleSince ??= new Date();
    changed();
    if (up) refresh();
  });
}

/** Asks for what no event tells of. */
export async function refresh() {
  const asked = begun;
  const [apps, status] = await Promise.allSettled([get("apps"), get("status")]);
  if (asked !== begun) return;
  if (apps.status === "fulfilled") store.apps = apps.value.apps;
  store.trouble = apps.reason ?? null;
  if (status.status === "fulfilled") store.status = status.value;
  store.scope = status.value?.scope ?? store.scope ?? "admin";
  changed();
}

/** How long it is waited before sizes are asked for again that could not be had, in milliseconds. */
const PATIENCE = 10_000;
let isMeasuring = false;

const isUnknown = () => [...store.envs ?? [], ...store.apps ?? []].some((thing) => !thing.size);

/** Has the sizes of environments and apps be counted that are not known. */
export async function measure() {
  if (isMeasuring || !isUnknown()) return;
  isMeasuring = true;
  try {
    store.envs = (await get("envs?wait=true")).envs;
    store.apps = (await get("apps")).apps;
  } catch {
    // What is wrong with the server, others say; sizes are asked for again.
  }
  changed();
  setTimeout(() => { isMeasuring = false; changed(); }, isUnknown() ? PATIENCE : 0);
}

function heard(name, data) {
  hearing[name]?.(data);
  changed();
}

const hearing = {
  reset() {
    store.runs.clear();
    store.processes.clear();
    store.leftAlone = [];
  },
  run(run) {
    store.runs.set(run.id, run);
    if (run.outcome) store.progress.delete(run.id);
  },
  process(process) {
    store.processes.set(process.id, process);
  },
  leftAlone({ leftAlone }) {
    store.leftAlone = leftAlone;
  },
  envs({ envs }) {
    store.envs = envs;
  },
  note({ runId, text }) {
    const notes = store.notes.get(runId) ?? [];
    store.notes.set(runId, [...notes, text].slice(-NOTES));
  },
  progress(progress) {
    store.progress.set(progress.runId, progress);
  },
  gone({ topic, id }) {
    if (topic === "runs") store.runs.delete(id);
    if (topic === "processes") store.processes.delete(id);
  },
};

const newest = (a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? "");

export const runs = () => [...store.runs.values()].sort(newest);
export const processes = () => [...store.processes.values()].sort(newest);
export const isAlive = (process) => process.ended === undefined;
export const isUnderWay = (run) => run.outcome === undefined;
