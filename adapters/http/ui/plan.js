// What a run would do.

import { h } from "./dom.js";
import { badge, empty, problem } from "./words.js";

/** A plan, or why there is none. */
export function planView(plan) {
  if (plan instanceof Error && plan.diagnostics.length > 0) return empty("Nothing, as long as the script has errors.");
  if (plan instanceof Error) return problem(plan);
  return [
    steps(plan.steps),
    h("p", {}, "It would be ", badge(plan.ending.status), plan.ending.reason ? ` ${plan.ending.reason}` : ""),
    plan.ending.hint ? h("p.hint", {}, plan.ending.hint) : null,
    plan.assumptions.length === 0 ? null : h("details", {}, h("summary", {}, "What nobody can know before"),
      h("ul", {}, plan.assumptions.map((assumption) => h("li", {}, assumption.text))))];
}

const steps = (list) => h("ol.plan", {}, list.map((step) => h("li", {},
  h("strong", {}, step.method),
  step.line ? h("span.place", {}, ` line ${step.line}`) : null,
  step.skipped ? h("p.hint", {}, `left out: ${step.skipped}`) : null,
  h("ul", {}, step.effects.map(effect)),
  (step.notes ?? []).map((note) => h("p.hint", {}, note)))));

function effect(effect) {
  const line = (...children) => h("li", {}, ...children);
  switch (effect.kind) {
    case "command": return line(h("code", {}, effect.line), effect.daemon ? " as a daemon" : "",
      effect.restarts ? ", started again when it ends" : "", h("span.hint", {}, ` in ${effect.cwd}`));
    case "typed": return line("types ", h("code", {}, effect.line));
    case "environment": return line(effect.exists ? "uses the environment " : "makes the environment ", h("code", {}, effect.path));
    case "file": return line(`${effect.what.replaceAll("-", " ")} `, h("code", {}, effect.path), effect.from ? [" from ", h("code", {}, effect.from)] : "");
    case "port": return line(`takes a free port from ${effect.from} on`);
    case "connect": return line(`connects to ${effect.address}`);
    case "network": return line(`${effect.method ?? "downloads"} `, h("code", {}, effect.url), effect.to ? [" to ", h("code", {}, effect.to)] : "");
    case "ask": return line(`asks for ${effect.fields.join(", ")}`);
    case "show": return line(`shows ${effect.method}`);
    case "log": return line("logs ", h("code", {}, effect.text));
    case "wait": return line(`waits: ${effect.reason}`);
    case "script": return line("runs ", h("code", {}, `${effect.root}/${effect.file}`), steps(effect.steps));
    default: return line(effect.text ?? effect.kind);
  }
}
