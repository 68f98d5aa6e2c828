// A search in the lines of a log: where it finds something, and which of these is looked at.

import { plain } from "./ansi.js";

export class Search {
  #found = [];
  #current = null;
  #text = "";

  get isOn() {
    return this.#text !== "";
  }

  /** The lines in which something was found. */
  get found() {
    return this.#found;
  }

  /** The line that is looked at, or null. */
  get current() {
    return this.#current;
  }

  /** How many lines have it, and at which one somebody looks. */
  get words() {
    if (!this.isOn) return "";
    if (this.#found.length === 0) return "not found";
    const at = this.#found.indexOf(this.#current) + 1;
    return at > 0 ? `${at} of ${this.#found.length} found` : `${this.#found.length} found`;
  }

  /** Looks for another text. */
  set text(text) {
    this.#text = text.toLowerCase();
    this.#current = null;
  }

  /** Looks again, since the lines are others. */
  look(lines) {
    this.#found = this.isOn ? lines.filter((line) => lower(line).includes(this.#text)) : [];
  }

  /** Goes to the next place, or back; behind the last comes the first. The first step goes to the newest. */
  step(forward) {
    const { length } = this.#found;
    const at = this.#found.indexOf(this.#current);
    const next = at < 0 ? length - 1 : (at + (forward ? 1 : length - 1)) % length;
    this.#current = this.#found[next] ?? null;
    return this.#current;
  }

  /** The pieces of a line, cut so that what was found is in pieces with a `mark`. */
  mark(line, pieces) {
    const ranges = this.isOn ? this.#ranges(lower(line)) : [];
    return ranges.length === 0 ? pieces : cut(pieces, ranges);
  }

  #ranges(text) {
    const ranges = [];
    for (let at = text.indexOf(this.#text); at >= 0; at = text.indexOf(this.#text, at + this.#text.length)) {
      ranges.push([at, at + this.#text.length]);
    }
    return ranges;
  }
}

const texts = new WeakMap();

/** The text of a line as it is compared; made once for each line. */
function lower(line) {
  if (!texts.has(line)) texts.set(line, plain(line.text).toLowerCase());
  return texts.get(line);
}

function cut(pieces, ranges) {
  const edges = ranges.flat();
  let start = 0;
  return pieces.flatMap((piece) => {
    const end = start + piece.text.length;
    const inside = edges.filter((edge) => edge > start && edge < end);
    const cuts = [start, ...inside, end];
    const parts = cuts.slice(1).map((to, index) => ({
      ...piece, text: piece.text.slice(cuts[index] - start, to - start),
      mark: ranges.some(([from, until]) => cuts[index] >= from && to <= until),
    }));
    start = end;
    return parts;
  });
}
