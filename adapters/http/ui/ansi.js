// Output of programs as styled pieces of text.

const SEQUENCE = /\x1b(?:\[([0-9;:]*)([A-Za-z])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])/g;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;

/** The text without escape sequences. */
export function plain(text) {
  return text.replace(SEQUENCE, "").replace(CONTROL, "");
}

/** Pieces of text, each with how it looks. */
export function pieces(text) {
  const found = [];
  let style = {};
  let at = 0;
  const add = (end) => {
    const part = text.slice(at, end).replace(CONTROL, "");
    if (part !== "") found.push({ text: part, style });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(match.index);
    at = match.index + match[0].length;
    if (match[2] === "m") style = styled(style, match[1]);
  }
  add(text.length);
  return found;
}

function styled(before, parameters) {
  let style = { ...before };
  const codes = parameters.split(/[;:]/).map(Number);
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index];
    if (code === 0) style = {};
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.reverse = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.reverse = false;
    else if (code >= 30 && code <= 37) style.front = code - 30;
    else if (code === 39) style.front = undefined;
    else if (code >= 40 && code <= 47) style.back = code - 40;
    else if (code === 49) style.back = undefined;
    else if (code >= 90 && code <= 97) style.front = code - 82;
    else if (code >= 100 && code <= 107) style.back = code - 92;
    else if (code === 38 || code === 48) {
      const [color, used] = extended(codes.slice(index + 1));
      style[code === 38 ? "front" : "back"] = color;
      index += used;
    }
  }
  return style;
}

/** The colour after 38 or 48, and how many numbers it takes. */
function extended([kind, a, b, c]) {
  if (kind === 5) return [a < 16 ? a : cube(a), 2];
  if (kind === 2) return [`rgb(${byte(a)} ${byte(b)} ${byte(c)})`, 4];
  return [undefined, 1];
}

const byte = (number) => Math.min(255, Math.max(0, number | 0));

function cube(number) {
  if (number >= 232) {
    const grey = byte(8 + 10 * (number - 232));
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const step = (part) => (part === 0 ? 0 : 55 + 40 * part);
  const index = number - 16;
  return `rgb(${step(Math.floor(index / 36))} ${step(Math.floor(index / 6) % 6)} ${step(index % 6)})`;
}

/** A piece as an element; one with a `mark` stands out. */
export function span({ text, style, mark = false }) {
  const element = document.createElement(mark ? "mark" : "span");
  element.textContent = text;
  for (const flag of ["bold", "dim", "italic", "underline", "reverse"]) {
    if (style[flag]) element.classList.add(flag);
  }
  color(element, style.front, "front");
  color(element, style.back, "back");
  return element;
}

/** A colour of the palette, or any other; the style sheet sees to it that text can be read. */
function color(element, value, name) {
  if (value === undefined) return;
  element.classList.add(typeof value === "number" ? `${name}-${value}` : `${name}-own`);
  if (typeof value !== "number") element.style.setProperty(`--${name}-own`, value);
}
