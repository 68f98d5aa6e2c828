// A field for the text of a script: numbered lines, marks at some of them, and Tab that indents.

import { h, show } from "./dom.js";

const STEP = "  ";
const MODIFIERS = ["Shift", "Control", "Alt", "Meta"];
let fields = 0;

export class CodeField {
  #marks = new Map();
  #leaves = false;

  /** `changed` is called after each change that a person makes. */
  constructor(label, changed = () => {}) {
    const hint = `code-hint-${fields += 1}`;
    this.gutter = h("pre.gutter", { "aria-hidden": true });
    this.area = h("textarea", {
      "aria-label": label, "aria-describedby": hint, rows: 18, wrap: "off",
      spellcheck: "false", autocapitalize: "off", autocomplete: "off",
    });
    this.hint = h("p.hint", { id: hint }, "Tab indents. To leave the field by keyboard, press Escape and then Tab.");
    this.element = h("div.code", {}, this.gutter, this.area);
    this.area.addEventListener("input", () => { this.#number(); changed(); });
    this.area.addEventListener("scroll", () => { this.gutter.scrollTop = this.area.scrollTop; });
    this.area.addEventListener("keydown", (event) => this.#pressed(event));
  }

  get text() {
    return this.area.value;
  }

  /** Another text. What was there cannot be had back by undoing. */
  set text(text) {
    this.area.value = text;
    this.#number();
  }

  set readOnly(is) {
    this.area.readOnly = is;
    this.hint.hidden = is;
  }

  /** Replaces the whole text as if it was typed: undoing brings the old one back. */
  retype(text) {
    this.area.focus();
    this.area.select();
    this.#insert(text);
  }

  /** Marks the lines of these diagnostics. */
  mark(diagnostics) {
    this.#marks = new Map(diagnostics.map(({ line, severity }) => [line, severity]).reverse());
    this.#number();
  }

  /** Puts the caret at a line and column, both from 1; columns are characters. */
  go(line, column) {
    const lines = this.area.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const at = before + [...lines[line - 1] ?? ""].slice(0, column - 1).join("").length;
    this.area.focus();
    this.area.setSelectionRange(at, at);
    const height = this.area.scrollHeight / lines.length;
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  #number() {
    const count = this.area.value.split("\n").length;
    const shown = [];
    let plain = "";
    for (let line = 1; line <= count; line += 1) {
      const mark = this.#marks.get(line);
      if (mark) {
        shown.push(plain, h(`span.${mark}`, {}, line));
        plain = "\n";
      } else plain += `${line}\n`;
    }
    show(this.gutter, shown, plain, "\n\n");
    this.gutter.style.width = `calc(${String(count).length}ch + 1.1rem)`;
  }

  #pressed(event) {
    if (MODIFIERS.includes(event.key)) return;
    const indents = event.key === "Tab" && !this.#leaves && !this.area.readOnly;
    this.#leaves = event.key === "Escape";
    if (!indents || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#indent(event.shiftKey);
  }

  /** Indents at the caret, or all lines of the selection; `less` takes an indentation away. */
  #indent(less) {
    const { value, selectionStart: start, selectionEnd: end } = this.area;
    if (!less && start === end) return this.#insert(STEP);
    const from = value.lastIndexOf("\n", start - 1) + 1;
    const lines = value.slice(from, end).split("\n");
    const moved = lines.map((line) => (less ? line.replace(/^ {1,2}|^\t/, "") : STEP + line)).join("\n");
    this.area.setSelectionRange(from, end);
    this.#insert(moved);
    this.area.setSelectionRange(start === end ? from + moved.length : from, from + moved.length);
  }

  /** Only this way of changing the text can be undone by the browser. */
  #insert(text) {
    document.execCommand(text === "" ? "delete" : "insertText", false, text);
  }
}
