// Questions before something that cannot be undone.

import { h } from "./dom.js";

/**
 * Asks, and gives what was chosen: null to leave things as they are, else which of the `choices`,
 * boxes by their names, are ticked. `yes` is what the button says that goes on.
 */
export function sure(question, yes, facts, choices = []) {
  const form = h("form", { method: "dialog" },
    h("h2", { id: "sure" }, question),
    facts,
    choices.map(({ name, label, hint }) => h("div.field", {},
      h("input", { type: "checkbox", id: `sure-${name}`, name }), h("label", { for: `sure-${name}` }, label),
      hint ? h("p.hint", {}, hint) : null)),
    h("p.actions", {}, h("button.danger", { value: "yes" }, yes), h("button", { value: "no", autofocus: true }, "Keep")));
  const dialog = h("dialog", { "aria-labelledby": "sure" }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    const ticked = [...form.querySelectorAll("input:checked")].map((box) => [box.name, true]);
    resolve(dialog.returnValue === "yes" ? Object.fromEntries(ticked) : null);
  }));
}
