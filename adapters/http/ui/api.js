// Talking to the server. The token is in the header of each request, and never in an address.

const BASE = new URL("../", import.meta.url);
const KEY = "collodi-token";

/** An answer that is not a success, or none at all (`status` 0). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.error ?? `the server says ${status}`);
    this.status = status;
    this.kind = (body.type ?? "").split(":").at(-1);
    this.hint = body.hint ?? "";
    this.diagnostics = body.diagnostics ?? [];
  }
}

/** The token, from the address once, else from the session. */
export function token() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    setToken(given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? "";
}

export function setToken(text) {
  sessionStorage.setItem(KEY, text.trim());
}

/** A request; the answer as it is. `path` is relative to `/python/`. */
export async function ask(method, path, { body, text = JSON.stringify(body), headers = {}, signal } = {}) {
  const all = { Authorization: `Bearer ${token()}`, ...headers };
  if (text !== undefined) all["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(new URL(path, BASE), {
      method, headers: all, signal, cache: "no-store", credentials: "omit", body: text,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "the server does not answer", hint: "see whether it still runs: collodi ps" });
  }
  if (answer.ok) return answer;
  throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

export const get = async (path, options) => (await ask("GET", path, options)).json();
export const post = async (path, options) => (await ask("POST", path, options)).json();
export const put = async (path, options) => (await ask("PUT", path, options)).json();
export const del = async (path, options) => (await ask("DELETE", path, options)).json();

/** A text, and the tag of this version of it. */
export async function readText(path) {
  const answer = await ask("GET", path);
  return { text: await answer.text(), tag: answer.headers.get("ETag") };
}

/** Replaces a text; the answer and the tag of the version that is there then. */
export async function putText(path, text, headers) {
  const answer = await ask("PUT", path, { text, headers });
  return { body: await answer.json(), tag: answer.headers.get("ETag") };
}

/** A part of a path. */
export const part = encodeURIComponent;
