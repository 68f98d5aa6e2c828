// Two versions of a script, of which one is to be chosen.

import { h } from "./dom.js";

/** What is typed here, and what somebody else saved meanwhile. `keep` and `take` choose. */
export function conflictView(mine, theirs, { keep, take }) {
  const keeper = h("button.main", { type: "button" }, "Save mine over it");
  const taker = h("button", { type: "button" }, "Take that one");
  keeper.addEventListener("click", keep);
  taker.addEventListener("click", take);
  return h("section.question", { "aria-label": "Two versions" },
    h("p", { role: "alert" }, h("strong", {}, "The script was changed by somebody else meanwhile: nothing is saved yet.")),
    h("div.versions", {}, version("What you typed", mine, theirs), version("What is saved", theirs, mine)),
    h("p.hint", {}, "Lines that only one of them has are marked. Undo in the field brings back what you typed."),
    h("p.actions", {}, keeper, taker));
}

function version(title, text, other) {
  const known = new Set(other.split("\n"));
  const line = (line) => known.has(line) ? `${line}\n` : [h("mark", {}, line || " "), "\n"];
  return h("div", {}, h("h3", {}, title), h("pre", { tabindex: 0, "aria-label": title }, text.split("\n").map(line)));
}
