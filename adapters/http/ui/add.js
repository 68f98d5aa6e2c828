// The dialog that adds an app, from a repository or a template.

import { get, post } from "./api.js";
import { end, line, sent } from "./dialog.js";
import { h } from "./dom.js";

/** Asks what to add, and adds it; the app's name, or null when nobody wants one any more. */
export async function addApp() {
  const { templates } = await get("templates");
  const form = view(templates);
  const field = (name) => form.querySelector(`[name=${name}]`);
  const choose = () => {
    const isTemplate = field("template").value !== "";
    for (const name of ["source", "commit"]) field(name).disabled = field(name).closest(".field").hidden = isTemplate;
    field("source").required = !isTemplate;
  };
  field("template").addEventListener("change", choose);
  choose();
  const added = await sent(form, "Adding…", (signal) => post("apps", { body: request(field), signal }));
  return added?.name ?? null;
}

/** What is asked for: fields that are empty or disabled are left out. */
function request(field) {
  const body = {};
  for (const name of ["template", "source", "commit", "name"]) {
    const { value, disabled } = field(name);
    if (value.trim() !== "" && !disabled) body[name] = value.trim();
  }
  return body;
}

const view = (templates) => h("form.question", {},
  h("h2", { id: "add-title" }, "Add app"),
  h("div.field", {}, h("label", { for: "add-template" }, "Made from"),
    h("select", { id: "add-template", name: "template" },
      h("option", { value: "" }, "a repository"),
      templates.map(({ name, description }) => h("option", { value: name }, `${name}: ${description}`)))),
  line("source", "Repository", { type: "url", placeholder: "https://host/owner/repository", autofocus: true }),
  line("commit", "Commit, tag or branch", { placeholder: "the default branch" }),
  line("name", "Name", { maxlength: 64, pattern: "[A-Za-z0-9_][A-Za-z0-9._\\-]*", placeholder: "that of the repository or template",
    title: "letters, digits, '.', '_' and '-'; not first '.' or '-'" }),
  end("Add"));
