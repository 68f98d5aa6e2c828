// The dialog that adds an app, from a repository or a template.

import { get, post } from "./api.js";
import { h, show } from "./dom.js";
import { problem } from "./words.js";

/** Asks what to add, and adds it; the app's name, or null when nobody wants one any more. */
export async function addApp() {
  const { templates } = await get("templates");
  const dialog = h("dialog.add", { "aria-labelledby": "add-title" }, form(templates));
  document.body.append(dialog);
  const field = (name) => dialog.querySelector(`[name=${name}]`);
  const shown = () => {
    const fromTemplate = field("template").value !== "";
    field("source").disabled = field("commit").disabled = fromTemplate;
    field("source").required = !fromTemplate;
  };
  field("template").addEventListener("change", shown);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  shown();
  dialog.showModal();
  const added = await outcome(dialog, field);
  dialog.remove();
  return added;
}

/** Waits until an app is added, or the dialog is closed; what is refused is said in it. */
function outcome(dialog, field) {
  let waiting = new AbortController();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { waiting.abort(); resolve(null); });
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const submit = dialog.querySelector("[type=submit]");
      const said = dialog.querySelector("[role=status]");
      submit.disabled = true;
      show(said, "Adding…");
      waiting = new AbortController();
      try {
        const { name } = await post("apps", { body: request(field), signal: waiting.signal });
        resolve(name);
      } catch (error) {
        if (error.name !== "AbortError") show(said, problem(error));
        submit.disabled = false;
      }
    });
  });
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

const form = (templates) => h("form.question", {},
  h("h2", { id: "add-title" }, "Add app"),
  h("div.field", {}, h("label", { for: "add-template" }, "Made from"),
    h("select", { id: "add-template", name: "template" },
      h("option", { value: "" }, "a repository"),
      templates.map(({ name, description }) => h("option", { value: name }, `${name}: ${description}`)))),
  input("source", "Repository", { type: "url", placeholder: "https://host/owner/repository", autofocus: true }),
  input("commit", "Commit, tag or branch", { placeholder: "the default branch" }),
  input("name", "Name", { maxlength: 64, pattern: "[A-Za-z0-9_][A-Za-z0-9._\\-]*", placeholder: "that of the repository or template",
    title: "letters, digits, '.', '_' and '-'; not first '.' or '-'" }),
  h("p", { role: "status" }),
  h("p.actions", {}, h("button.main", { type: "submit" }, "Add"), h("button", { type: "button", "data-close": true }, "Close")));

const input = (name, label, attributes) => h("div.field", {}, h("label", { for: `add-${name}` }, label),
  h("input", { id: `add-${name}`, name, type: "text", autocomplete: "off", ...attributes }));
