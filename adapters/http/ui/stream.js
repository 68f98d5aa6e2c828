// Events as they happen: server-sent events read by fetch, so that the token stays in a header.

import { ask } from "./api.js";

/** Ends pauses between attempts. */
const impatience = new EventTarget();

/** Has all streams that are down be tried again at once. */
export const hurry = () => impatience.dispatchEvent(new Event("hurry"));

const PATIENCE = 40_000;
const PAUSES = [500, 1000, 2000, 5000, 10_000];

/**
 * Follows topics until the signal says stop. `heard(name, data)` is called for each event,
 * `state(up, problem)` when the connection comes up and goes down. Where it was, it goes on.
 */
export async function follow(topics, signal, heard, state) {
  let last = null;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const headers = last === null ? {} : { "Last-Event-ID": last };
      const query = new URLSearchParams({ topics: topics.join(",") });
      const answer = await askOrAbort(`events?${query}`, headers, signal);
      state(true);
      await read(answer, signal, (event) => {
        failures = 0;
        last = event.id ?? last;
        heard(event.name, JSON.parse(event.data));
      });
      state(false);
    } catch (problem) {
      if (signal.aborted) return;
      state(false, problem);
      if (problem.status === 401 || problem.status === 403) return;
      if (problem.status === 400) last = null;
    }
    await pause(PAUSES[Math.min(failures, PAUSES.length - 1)], signal);
  }
}

const askOrAbort = (path, headers, signal) => ask("GET", path, { headers, signal });

async function read(answer, signal, heard) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await soon(reader, signal);
    if (done) return;
    text += value;
    const pieces = text.split("\n\n");
    text = pieces.pop();
    pieces.map(parse).filter((event) => event.data !== undefined).forEach(heard);
  }
}

/** What comes next; a connection that does not even say that it lives is given up. */
async function soon(reader, signal) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("the connection is silent")), PATIENCE);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
    signal.throwIfAborted();
  }
}

function parse(piece) {
  const event = {};
  for (const line of piece.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon <= 0) continue;
    const field = line.slice(0, colon);
    event[field === "event" ? "name" : field] = line.slice(colon + 2);
  }
  return event;
}

function pause(time, signal) {
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => { clearTimeout(timer); done.abort(); resolve(); };
    const timer = setTimeout(end, time);
    signal.addEventListener("abort", end, { signal: done.signal });
    impatience.addEventListener("hurry", end, { signal: done.signal });
  });
}
