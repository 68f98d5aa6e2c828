// The script of an app, edited: what is wrong with it and what it would do, as one types.

import { get, part, post, putText, readText } from "./api.js";
import { CodeField } from "./code.js";
import { conflictView } from "./conflict.js";
import { h, show } from "./dom.js";
import { planView } from "./plan.js";
import { may } from "./scope.js";
import { count, diagnostics, empty, problem } from "./words.js";

/** How long nobody types before the text is checked, in milliseconds. */
const PAUSE = 300;

const editors = new Map();

/** The editor of an app's script. One that has unsaved changes stays until they are saved. */
export function editorOf(app) {
  if (!editors.has(app)) editors.set(app, new ScriptEditor(app));
  const editor = editors.get(app);
  editor.offer();
  return editor;
}

/** The apps whose scripts have unsaved changes. */
export const unsaved = () => [...editors.values()].filter((editor) => editor.isChanged).map((editor) => editor.app);

/** Has scripts be read again, but for those with unsaved changes. */
export function forgetScripts() {
  for (const [app, editor] of editors) {
    if (!editor.isChanged) editors.delete(app);
  }
}

/** Forgets what was typed of an app that is gone. */
export const dropScript = (app) => editors.delete(app);

let opened = 0;

class ScriptEditor {
  #known = null;
  #theirs = null;
  #file = null;
  #planned = "Loading…";
  #checking = null;

  constructor(app) {
    this.app = app;
    this.path = `apps/${part(app)}`;
    this.field = new CodeField(`Script of ${app}`, () => this.#typed());
    this.state = h("span.count", { role: "status" });
    this.saver = h("button.main", { type: "button", disabled: true }, "Save");
    this.reverter = h("button", { type: "button", disabled: true }, "Revert");
    this.tools = h("p.actions", {}, this.saver, this.reverter, this.state);
    this.said = h("div", { role: "alert" });
    this.found = h("div", {});
    this.plan = h("section", { "aria-label": "What a run would do" });
    const script = h("section", { "aria-label": "Script" }, h("h2", {}, "Script"), this.file = h("p.hint"), this.said,
      this.field.element, this.field.hint, this.tools, this.found);
    this.versions = h("div.all");
    this.element = h("div.editor", { "data-key": `editor ${opened += 1}` }, this.versions, script, this.plan);
    this.#listen();
    this.#load();
  }

  /** Whether there is something that is not saved. */
  get isChanged() {
    return this.#known !== null && this.field.text !== this.#known.text;
  }

  #listen() {
    this.saver.addEventListener("click", () => this.#save());
    this.reverter.addEventListener("click", () => this.field.retype(this.#known.text));
    this.field.area.addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (this.isChanged) this.#save();
    });
    this.found.addEventListener("click", (event) => {
      const place = event.target.closest("[data-line]");
      if (place !== null) this.field.go(Number(place.dataset.line), Number(place.dataset.column));
    });
  }

  async #load() {
    this.#showPlan();
    try {
      const [script, told] = await Promise.all([this.#read(), get(`${this.path}/diagnostics`)]);
      this.#know(script);
      this.field.text = script.text;
      this.#file = told.file;
      this.offer();
      this.#tell(told);
      this.#showPlan(await get(`${this.path}/plan`).catch((problem) => problem));
    } catch (error) {
      show(this.said, problem(error));
      this.field.element.hidden = this.field.hint.hidden = this.tools.hidden = true;
      this.#showPlan("Nothing, as long as there is no script that can be read.");
    }
  }

  /** The script that the server has. Fields of a page know line feeds only. */
  async #read() {
    const { text, tag } = await readText(`${this.path}/script`);
    return { text: text.replaceAll("\r\n", "\n"), tag, ending: text.includes("\r\n") ? "\r\n" : "\n" };
  }

  #know(script) {
    this.#known = script;
    this.#theirs = null;
    this.#drawConflict();
    this.#drawState();
  }

  /** Lets the text be changed, or says why not: what the token allows may be known later than the script. */
  offer() {
    if (this.#file === null) return;
    const isJson = this.#file.endsWith(".json");
    const isFixed = !isJson || !may("admin");
    this.field.readOnly = this.tools.hidden = isFixed;
    const why = isJson ? ", which a token that may admin can change." : " is JavaScript, which is shown here and changed in its file only.";
    show(this.file, h("code", {}, this.#file), isFixed ? why : "");
  }

  #typed() {
    this.#drawState();
    this.#drawConflict();
    this.#checking?.abort();
    this.#checking = new AbortController();
    const { signal } = this.#checking;
    setTimeout(() => { if (!signal.aborted) this.#check(signal); }, PAUSE);
  }

  /** Asks what there is to say about the text, and what it would do when it can be run. */
  async #check(signal) {
    const body = { script: this.field.text };
    const ask = (what) => post(`${this.path}/${what}`, { body, signal });
    try {
      const told = await ask("diagnostics");
      this.#tell(told);
      this.#showPlan(told.runnable ? await ask("plan") : "Nothing, as long as the script has errors.");
    } catch (error) {
      if (error.name !== "AbortError") show(this.found, problem(error));
    }
  }

  #tell({ diagnostics: list }) {
    this.field.mark(list);
    show(this.found, list.length === 0 ? h("p", {}, "Nothing is wrong with it.") : diagnostics(list, placeButton));
    this.#drawState(list);
  }

  #showPlan(plan = this.#planned) {
    this.#planned = plan;
    const title = h("h2", {}, this.isChanged ? "What a run of this text would do" : "What a run would do");
    show(this.plan, title, typeof plan === "string" ? empty(plan) : planView(plan));
  }

  #drawState(list = []) {
    const { isChanged } = this;
    this.saver.disabled = this.reverter.disabled = !isChanged;
    const errors = list.filter(({ severity }) => severity === "error").length;
    this.state.textContent = [isChanged ? "Changed, not saved" : "", errors > 0 ? count(errors, "error") : ""].filter(Boolean).join(" · ");
  }

  async #save() {
    const { tag, ending } = this.#known;
    const text = this.field.text;
    this.saver.disabled = true;
    try {
      const saved = await putText(`${this.path}/script`, text.replaceAll("\n", ending), { "If-Match": tag });
      this.#know({ text, ending, tag: saved.tag });
      this.#tell(saved.body);
      this.#showPlan();
      this.state.textContent ||= "Saved";
      this.element.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: this.app }));
    } catch (error) {
      await this.#refused(error);
    }
  }

  /** Says why it was not saved. What was typed stays as it is. */
  async #refused(error) {
    this.#drawState();
    const theirs = error.status === 412 ? await this.#read().catch((problem) => problem) : error;
    if (theirs instanceof Error) return show(this.said, problem(theirs));
    if (theirs.text === this.field.text) return this.#know(theirs);
    this.#theirs = theirs;
    this.#drawConflict();
  }

  /** What was refused is said until somebody types on; another version stays until one is chosen. */
  #drawConflict() {
    const theirs = this.#theirs;
    show(this.said);
    show(this.versions, theirs === null ? null : conflictView(this.field.text, theirs.text, {
      keep: () => { this.#known = theirs; this.#save(); },
      take: () => { this.#know(theirs); this.field.retype(theirs.text); },
    }));
  }
}

const placeButton = ({ line, column }) => h("button.place", {
  type: "button", "data-line": line, "data-column": column, title: `go to line ${line}, column ${column}`,
}, `${line}:${column}`);
