// What becomes of an element that has the focus, or is being pressed, when what is shown changes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, stage } from "../scene.mjs";

/** Shows buttons (`action thing`) below each other, and says what the one with the focus does after each change. */
const shown = (page, views, focus) => page.evaluate(async ([views, focus]) => {
  const { button, h, show } = await import("./ui/dom.js");
  const root = document.body.appendChild(h("div"));
  const buttons = (view) => view.map((name) => button(name, ...name.split(" ")));
  show(root, buttons(views[0]));
  [...root.children].find((element) => element.textContent === focus).focus();
  const heard = views.slice(1).map((view) => {
    show(root, buttons(view));
    const order = [...root.children].map((element) => element.textContent);
    return { order, focus: root.contains(document.activeElement) ? document.activeElement.textContent : null };
  });
  root.remove();
  return heard;
}, [views, focus]);

test("a button keeps the focus when others come and go, and never turns into another", async () => {
  const page = await stage.enter();
  const views = [["stop a", "stop b"], ["stop c", "stop a", "open b", "stop b"], ["stop b"], ["start b"]];
  assert.deepEqual(await shown(page, views, "stop b"), [
    { order: views[1], focus: "stop b" },
    { order: views[2], focus: "stop b" },
    { order: views[3], focus: null },
  ]);
  await leave(page);
});

test("what changes places is shown in its new one", async () => {
  const page = await stage.enter();
  const views = [["stop a", "stop b", "stop c"], ["stop c", "stop a", "stop b"], ["stop b", "stop b", "stop a"], []];
  const heard = await shown(page, views, "stop a");
  assert.deepEqual(heard.map(({ order }) => order), views.slice(1));
  await leave(page);
});
