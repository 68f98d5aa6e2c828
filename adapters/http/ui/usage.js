// What the trees of processes take of the machine, asked for while somebody looks.

import { get } from "./api.js";

/** How often it is asked, in milliseconds, and how many answers are kept. */
const PAUSE = 2000;
const POINTS = 60;

const histories = new Map();
let isOffered = true;
let timer = 0;
let watches = () => false;

/** Whether the server tells it. */
export const isUsageOffered = () => isOffered;

/**
 * Points in time of a process, the oldest first: `cpu` in percent of one core since the point
 * before (null at the first), `memory` in bytes, `count` of processes in the tree.
 */
export const usageOf = (id) => histories.get(id) ?? [];

/** Asks as long as `wanted` says so; the page hidden, it rests. `changed` is called after each answer. */
export function watchUsage(wanted, changed) {
  watches = wanted;
  if (timer === 0) next(changed, 0);
}

/** Forgets all, as for another server. */
export function forgetUsage() {
  histories.clear();
  isOffered = true;
}

function next(changed, pause) {
  if (!isOffered || document.hidden || !watches()) return;
  timer = setTimeout(async () => {
    if (watches()) await askOnce().then(changed, () => {});
    timer = 0;
    next(changed, PAUSE);
  }, pause);
}

async function askOnce() {
  try {
    keep(await get("usage"));
  } catch (problem) {
    if (problem.status === 404) isOffered = false;
    else throw problem;
  }
}

function keep({ at, processes }) {
  const time = Date.parse(at);
  const told = new Map(processes.map((process) => [process.id, process]));
  for (const id of histories.keys()) {
    if (!told.has(id)) histories.delete(id);
  }
  for (const [id, { cpuMs, memoryBytes, count }] of told) {
    const points = usageOf(id);
    const cpu = share(points.at(-1), time, cpuMs);
    histories.set(id, [...points, { time, cpuMs, cpu, memory: memoryBytes, count }].slice(-POINTS));
  }
}

/** Percent of one core since the last point. A process that was started again counts anew. */
function share(last, time, cpuMs) {
  if (last === undefined || time <= last.time || cpuMs < last.cpuMs) return null;
  return (cpuMs - last.cpuMs) / (time - last.time) * 100;
}
