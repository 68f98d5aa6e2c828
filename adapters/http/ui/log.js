// A log that is followed. Only the lines in sight are elements, however many there are.

import { ask, part } from "./api.js";
import { pieces, plain, span } from "./ansi.js";
import { h } from "./dom.js";
import { follow } from "./stream.js";

const MOST = 50_000;
const HEIGHT = 20;
const MARGIN = 20;

export class LogView {
  #lines = [];
  #shown = this.#lines;
  #search = "";
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
    this.follower = h("button", { type: "button", "aria-pressed": "true" }, "Following");
    this.saver = h("button", { type: "button" }, "Download");
    this.count = h("span.count", { role: "status" });
    this.times = h("input", { type: "checkbox" });
    const tools = h("div.tools", {}, this.field, this.follower, this.saver,
      h("label.check", {}, this.times, "Times"), this.count);
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
      this.#search = this.field.value.toLowerCase();
      this.#select();
    });
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
    const wanted = (line) => plain(line.text).toLowerCase().includes(this.#search);
    this.#shown = this.#search === "" ? this.#lines : this.#lines.filter(wanted);
    this.#stale = false;
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
    const total = this.#shown.length;
    this.sheet.style.height = `${total * HEIGHT}px`;
    if (this.#follows) this.scroller.scrollTop = this.scroller.scrollHeight;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / HEIGHT) - MARGIN);
    const count = Math.ceil(this.scroller.clientHeight / HEIGHT) + 2 * MARGIN;
    const rows = this.#shown.slice(first, first + count).map((line, index) => {
      const row = this.#row(line);
      row.style.top = `${(first + index) * HEIGHT}px`;
      return row;
    });
    this.sheet.replaceChildren(...rows);
    const lines = `${this.#lines.length} ${this.#lines.length === 1 ? "line" : "lines"}`;
    this.count.textContent = this.#search === "" ? lines : `${total} of ${lines}`;
  }

  #row(line) {
    const row = h(`div.line.${line.stream}`);
    if (this.times.checked) row.append(h("time", { datetime: line.time }, `${clock(line.time)} `));
    row.append(...pieces(line.text).map(span));
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
