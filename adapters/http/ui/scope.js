// What the token allows: only that is offered.

import { button, h } from "./dom.js";
import { store } from "./store.js";

const SCOPES = ["read", "operate", "admin"];

/** What the buttons need that do not only look. */
const NEEDED = {
  "run": "operate", "rerun": "operate", "cancel": "operate", "stop-app": "operate",
  "start": "operate", "restart": "operate", "stop": "operate",
  "delete-env": "admin", "add-app": "admin", "update-app": "admin", "remove-app": "admin",
};

/** Whether the token allows what needs `scope`; nothing as long as nobody knows. */
export const may = (scope) => store.scope !== null && SCOPES.indexOf(store.scope) >= SCOPES.indexOf(scope);

/** A button that does an action with a thing, or nothing where the token does not allow it. */
export const offer = (label, action, id, extra) => may(NEEDED[action]) ? button(label, action, id, extra) : null;

const LESS = {
  read: ["Reads only", "This token looks, and changes nothing."],
  operate: ["Operates only", "This token starts, stops and answers, and changes no app, script or setting."],
};

/** What is said of a token that does not allow everything, with a way to another. */
export function scopeView() {
  const less = LESS[store.scope];
  if (less === undefined) return null;
  return [h("span.badge.ask", { title: less[1] }, less[0]), " ", button("Use another token", "other-token")];
}

/** What stands where a form would be. */
export const lacking = (what, scope) => h("p.hint", {}, `${what} needs a token that may `, h("code", {}, scope), ".");
