// Dialogs: questions before something that cannot be undone, and forms that are sent.

import { h, show } from "./dom.js";
import { problem } from "./words.js";

/**
 * Asks, and gives what was chosen: null to leave things as they are, else the names of the
 * `choices` that are ticked. `yes` is what the button says that goes on.
 */
export function sure(question, yes, facts, choices = []) {
  const form = h("form", { method: "dialog" },
    h("h2", { id: "sure" }, question),
    facts,
    choices.map(({ name, label, hint }) => tick(name, label, hint)),
    h("p.actions", {}, h("button.danger", { value: "yes" }, yes), h("button", { value: "no", autofocus: true }, "Keep")));
  const dialog = opened(form);
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    const ticked = [...form.querySelectorAll("input:checked")].map((box) => box.name);
    resolve(dialog.returnValue === "yes" ? ticked : null);
  }));
}

/**
 * Shows a form until `send` has an answer, which is given, or somebody closes it: then null is.
 * `working` is said while `send` is under way; what is refused, `refused` shows.
 */
export function sent(form, working, send, refused = problem) {
  const dialog = opened(form);
  const waiting = new AbortController();
  const [submit, said] = [form.querySelector("[type=submit]"), form.querySelector("[role=status]")];
  form.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { waiting.abort(); dialog.remove(); resolve(null); });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      show(said, working);
      try {
        resolve(await send(waiting.signal));
        dialog.close();
      } catch (error) {
        if (error.name !== "AbortError") show(said, refused(error));
      }
      submit.disabled = false;
    });
  });
}

/** What a form that is sent ends with: what is said of it, and its buttons. */
export const end = (label, ...more) => [
  h("div", { role: "status" }),
  more,
  h("p.actions", {}, h("button.main", { type: "submit" }, label), h("button", { type: "button", "data-close": true }, "Close")),
];

/** A line of a form. */
export const line = (name, label, attributes, hint) => h("div.field", {}, h("label", { for: `field-${name}` }, label),
  h("input", { id: `field-${name}`, name, type: "text", autocomplete: "off", ...attributes }), hint ? h("p.hint", {}, hint) : null);

/** A box of a form. */
export const tick = (name, label, hint) => h("div.field", {}, h("input", { type: "checkbox", id: `field-${name}`, name }),
  h("label", { for: `field-${name}` }, label), hint ? h("p.hint", {}, hint) : null);

function opened(form) {
  const dialog = h("dialog", { "aria-labelledby": form.querySelector("h2").id }, form);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
