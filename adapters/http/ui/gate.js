// The way in: who has no token, or a wrong one, is asked for it.

import { get, setToken } from "./api.js";
import { h } from "./dom.js";

/** The form that asks. `enter` is called when the server takes the token, `refuse` when it does not. */
export function gateView(why, enter, refuse) {
  const field = h("input", { id: "token", type: "password", required: true, autocomplete: "off" });
  const form = h("form.token", {},
    h("h1", {}, "Collodi"),
    h("p", {}, why),
    h("p.hint", {}, "In the folder of the workspace, ", h("code", {}, "collodi token"), " prints it, and ",
      h("code", {}, "collodi token --url"), " an address that has it."),
    h("label", { for: "token" }, "Token"), field,
    h("p.actions", {}, h("button.main", { type: "submit" }, "Connect")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    setToken(field.value);
    const refused = await get("apps").then(() => null, (problem) => problem);
    if (refused?.status === 401) refuse("This token is not that of the server.");
    else enter();
  });
  return h("div.gate", { "data-key": `gate ${Date.now()}` }, form);
}
