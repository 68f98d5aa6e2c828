// What a run asks, as a form.

import { h } from "./dom.js";

/** The form for a question. It is left alone as long as the question is open. */
export function questionForm(run, question) {
  const key = `question ${run} ${question.number}`;
  return h("form.question", { "data-key": key, "data-run": run, "data-number": question.number },
    h("h2", {}, question.title || `Step ${question.step + 1} asks`),
    question.description ? h("p", {}, question.description) : null,
    question.fields.map((field, index) => row(field, `answer-${question.number}-${index}`)),
    h("p.actions", {}, h("button.main", { type: "submit" }, "Answer")),
    h("div.refused", { role: "alert" }));
}

/** The answers in a form, by their keys. */
export function answers(form) {
  const values = {};
  for (const field of form.querySelectorAll("[data-field]")) {
    values[field.dataset.field] = answer(field);
  }
  return values;
}

function answer(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.dataset.paths !== undefined) return field.value.split("\n").map((path) => path.trim()).filter(Boolean);
  return field.value;
}

function row(field, id) {
  const label = h("label", { for: id }, field.title || field.key, field.required ? h("span.hint", {}, " (required)") : null);
  const hint = field.description ? h("p.hint", { id: `${id}-hint` }, field.description) : null;
  const input = control(field, {
    id, "data-field": field.key, required: field.required && field.type !== "checkbox",
    placeholder: field.placeholder, "aria-describedby": hint ? `${id}-hint` : null,
  });
  return h("div.field", {}, field.type === "checkbox" ? [input, label] : [label, input], hint);
}

function control(field, attributes) {
  const chosen = field.default;
  switch (field.type) {
    case "checkbox": return h("input", { ...attributes, type: "checkbox", checked: chosen === true });
    case "textarea": return h("textarea", { ...attributes, rows: 4 }, chosen ?? "");
    case "password": return h("input", { ...attributes, type: "password", autocomplete: "off" });
    case "select": return h("select", attributes, field.items.map((item) =>
      h("option", { value: item.value, selected: item.value === chosen }, item.text)));
    case "paths": return field.multiple
      ? h("textarea", { ...attributes, rows: 3, "data-paths": true }, [chosen ?? []].flat().join("\n"))
      : h("input", { ...attributes, type: "text", value: [chosen ?? []].flat()[0] ?? "" });
    default: return h("input", { ...attributes, type: "text", value: chosen ?? "" });
  }
}
