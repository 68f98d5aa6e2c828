// Talking to the server. The token is in the header of each request, and never in an address.

const BASE = new URL("../", import.meta.url);
const KEY = "collodi-token";

/** An answer that is not a success, or none at all (`status` 0). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.error ?? `the server says ${status}`);
    this.status = status;
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
export async function ask(method, path, { body, headers = {}, signal } = {}) {
  const all = { Authorization: `Bearer ${token()}`, ...headers };
  if (body !== undefined) all["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(new URL(path, BASE), {
      method, headers: all, signal, cache: "no-store", credentials: "omit",
      body: body === undefined ? undefined : JSON.stringify(body),
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

/** A part of a path. */
export const part = encodeURIComponent;
