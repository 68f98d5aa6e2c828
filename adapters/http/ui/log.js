// A log that is followed. Only the lines in sight are elements, however many there are.

import { ask, part } from "./api.js";
import { pieces, span } from "./ansi.js";
import { h } from "./dom.js";
import { Search } from "./search.js";
import { follow } from "./stream.js";
import { count } from "./words.js";

const MOST = 50_000;
const HEIGHT = 20;
const MARGIN = 20;

export class LogView {
  #lines = [];
  #shown = this.#lines;
  #search = new Search();
  #follows = true;
  #drawing = 0;
  #stale = false;
  #stop = new AbortController();

  /** The log of a run (`runs`) or a process (`processes`). */
  constructor(kind, id) {
    this.kind = kind;
    this.id = id;
    this.sheet = h("div.sheet");
    this.scroller = h("div.lines", { tabindex: 0, role: "log", "aria-live": "off", "aria-label": `Output of ${id}` }, this.sheet);
    this.field = h("input", { type: "search", placeholder: "Search", "aria-label": "Search in the output" });
    this.back = h("button", { type: "button", disabled: true, "aria-label": "Previous found", title: "previous (Shift+Enter)" }, "↑");
    this.on = h("button", { type: "button", disabled: true, "aria-label": "Next found", title: "next (Enter)" }, "↓");
    this.found = h("span.count", { role: "status" });
    this.only = h("input", { type: "checkbox" });
    this.follower = h("button", { type: "button", "aria-pressed": "true" }, "Following");
    this.saver = h("button", { type: "button" }, "Download");
    this.count = h("span.count", {});
    this.times = h("input", { type: "checkbox" });
    const box = (input, label) => h("label.check", {}, input, label);
    const tools = h("div.tools", {}, this.field, this.back, this.on, this.found, box(this.only, "Only found"),
      this.follower, this.saver, box(this.times, "Times"), this.count);
    this.element = h("section.log", { "data-key": `log ${id}`, "aria-label": `Log of ${id}` }, tools, this.scroller);
    this.#listen();
    const topics = [`logs:${id}`];
    follow(topics, this.#stop.signal, (name, data) => this.#heard(name, data), () => {});
  }

  close() {
    this.#stop.abort();
  }

  #listen() {
    this.scroller.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.scroller;
      this.#setFollows(scrollTop + clientHeight >= scrollHeight - HEIGHT);
      this.#draw();
    });
    this.field.addEventListener("input", () => {
      this.#search.text = this.field.value;
      this.#select();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#step(!event.shiftKey);
    });
    this.back.addEventListener("click", () => this.#step(false));
    this.on.addEventListener("click", () => this.#step(true));
    this.only.addEventListener("change", () => this.#select());
    this.times.addEventListener("change", () => this.#draw());
    this.follower.addEventListener("click", () => {
      this.#setFollows(!this.#follows);
      this.#draw();
    });
    this.saver.addEventListener("click", () => this.#save());
    new ResizeObserver(() => this.#draw()).observe(this.scroller);
  }

  #heard(name, data) {
    if (name === "reset" && data.reason !== "start") this.#lines = [];
    if (name === "gap") this.#lines.push(note(`${data.to - data.from} lines are no longer kept`));
    if (name === "gone") this.#lines.push(note("the server no longer keeps this log"));
    if (name === "log") this.#lines.push(...data.lines);
    if (this.#lines.length > MOST) this.#lines.splice(0, this.#lines.length - MOST);
    this.#select();
  }

  #select() {
    this.#stale = true;
    this.#draw();
  }

  /** The lines to show; once a frame at most, since a flood comes in many events. */
  #selectNow() {
    this.#search.look(this.#lines);
    this.#shown = this.only.checked && this.#search.isOn ? this.#search.found : this.#lines;
    this.#stale = false;
  }

  /** Goes to the next line that was found, or back. */
  #step(forward) {
    if (this.#stale) this.#selectNow();
    const line = this.#search.step(forward);
    if (line === null) return;
    this.#setFollows(false);
    const top = this.#shown.indexOf(line) * HEIGHT;
    this.scroller.scrollTop = top - this.scroller.clientHeight / 2;
    this.#draw();
  }

  #setFollows(follows) {
    if (follows === this.#follows) return;
    this.#follows = follows;
    this.follower.setAttribute("aria-pressed", String(follows));
    this.follower.textContent = follows ? "Following" : "Follow";
  }

  #draw() {
    if (this.#drawing !== 0) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#drawNow();
    });
  }

  #drawNow() {
    if (this.#stale) this.#selectNow();
    this.sheet.style.height = `${this.#shown.length * HEIGHT}px`;
    if (this.#follows) this.scroller.scrollTop = this.scroller.scrollHeight;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / HEIGHT) - MARGIN);
    const sight = Math.ceil(this.scroller.clientHeight / HEIGHT) + 2 * MARGIN;
    const rows = this.#shown.slice(first, first + sight).map((line, index) => {
      const row = this.#row(line);
      row.style.top = `${(first + index) * HEIGHT}px`;
      return row;
    });
    this.sheet.replaceChildren(...rows);
    this.count.textContent = count(this.#lines.length, "line");
    this.found.textContent = this.#search.words;
    this.back.disabled = this.on.disabled = this.#search.found.length === 0;
  }

  #row(line) {
    const row = h(`div.line.${line.stream}`, { "aria-current": line === this.#search.current ? "true" : null });
    if (this.times.checked) row.append(h("time", { datetime: line.time }, `${clock(line.time)} `));
    row.append(...this.#search.mark(line, pieces(line.text)).map(span));
    if (line.dropped > 0) row.append(h("em", {}, ` [${line.dropped} bytes dropped]`));
    return row;
  }

  async #save() {
    const path = `${this.kind}/${part(this.id)}/logs/download${this.times.checked ? "?timestamps=true" : ""}`;
    const answer = await ask("GET", path).catch((problem) => problem);
    if (answer instanceof Error) {
      this.count.textContent = answer.message;
      return;
    }
    const address = URL.createObjectURL(await answer.blob());
    h("a", { href: address, download: `${this.id}.log` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

const note = (text) => ({ stream: "note", text, time: new Date().toISOString() });

/** The time of day, here. */
export function clock(text) {
  return new Date(text).toLocaleTimeString([], { hour12: false });
}
