// Small curves of what a process takes.

import { h, svg } from "./dom.js";
import { usageOf } from "./usage.js";
import { bytes } from "./words.js";

const WIDTH = 118;
const HEIGHT = 24;
/** Below this a curve of percents stays low, so that little looks like little. */
const LOW = 25;

/** Processor and memory of a process, with what they are and were at most. */
export function usageView(id) {
  const points = usageOf(id);
  const last = points.at(-1);
  if (last === undefined) return "–";
  return h("div.usage", { title: last.count === 1 ? "one process" : `${last.count} processes` },
    curve("CPU", points.map(({ cpu }) => cpu).filter((cpu) => cpu !== null), percent, LOW),
    curve("Memory", points.map(({ memory }) => memory), bytes, 0));
}

const percent = (number) => `${number < 10 ? number.toFixed(1) : Math.round(number)} %`;

function curve(name, values, words, low) {
  if (values.length === 0) return h("span.spark", {}, h("span.figure", {}, `${name} …`));
  const most = Math.max(...values);
  const said = `${name} ${words(values.at(-1))}`;
  return h("span.spark", {},
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-label": `${said}, at most ${words(most)}` },
    svg("polyline", { points: places(values, Math.max(most, low)), "vector-effect": "non-scaling-stroke" })),
    h("span.figure", { "aria-hidden": true }, said));
}

/** The newest value is at the right end. */
function places(values, top) {
  const step = WIDTH / 59;
  const height = (value) => HEIGHT - 1 - (top > 0 ? value / top : 0) * (HEIGHT - 2);
  const left = WIDTH - (values.length - 1) * step;
  const shown = values.length === 1 ? [values[0], values[0]] : values;
  return shown.map((value, index) => `${(left + (index - (shown.length - values.length)) * step).toFixed(1)},${height(value).toFixed(1)}`).join(" ");
}
