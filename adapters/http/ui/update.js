// The dialog that brings an app to the state of its repository.

import { part, post } from "./api.js";
import { end, line, sent, tick } from "./dialog.js";
import { h } from "./dom.js";
import { problem } from "./words.js";

/** Asks which state, and updates; what the server answers, or null when nothing was done. */
export function updateApp({ name, origin }) {
  const discard = tick("discard", "Lose these changes", "There is no way back.");
  discard.hidden = true;
  const form = h("form.question", {},
    h("h2", { id: "update-title" }, `Update ${name}`),
    h("p", {}, "It has ", h("span.words", {}, origin.words), "."),
    line("commit", "Commit, tag or branch", { placeholder: origin.reference ?? "the default branch", autofocus: true }),
    end("Update", discard));
  const body = () => {
    const commit = form.elements.commit.value.trim();
    return { ...(commit === "" ? {} : { commit }), discard: form.elements.discard.checked };
  };
  const refused = (error) => {
    discard.hidden = error.kind !== "would-lose";
    return problem(error);
  };
  return sent(form, "Updating…", (signal) => post(`apps/${part(name)}/update`, { body: body(), signal }), refused);
}
