// What every flow plays in: a workspace with a few apps, its server, and how a flow ends.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Stage } from "./stage.mjs";

/** What would strike if it became markup. */
export const HOSTILE = `<img src=x onerror="window.struck=1"><script>window.struck=1</script>`;

const DEMO = { run: [
  { method: "shell.run", params: { message: "echo installed" } },
  { method: "log", params: { raw: HOSTILE } },
  { method: "shell.run", params: {
    message: `printf '%s\\n' '${HOSTILE}'; printf '\\033[31mred\\033[0m and \\033[1;38;5;208morange\\033[0m\\n'; exec python3 -u -m http.server {{port}} --bind 127.0.0.1`,
    daemon: true, autoRestart: true } },
] };
const ASK = { run: [
  { method: "input", params: { title: HOSTILE, form: [
    { key: "name", title: "Your name", required: true },
    { key: "size", type: "select", items: [{ value: "s", text: "small" }, { value: "l", text: "large" }] },
    { key: "sure", type: "checkbox", title: "Sure" }] } },
  { method: "log", params: { raw: "hello {{input.name}}" } },
] };
const USER = { dialect: "vatn", run: [
  { method: "shell.run", params: { message: "exec sleep 1000", venv: "shared", daemon: true } },
] };
const FAILS = { run: [
  { method: "shell.run", params: { message: "echo before the end" } },
  { method: "fs.copy", params: { src: "nothing-here", dest: "there" } },
] };

export let stage;

before(async () => {
  stage = await Stage.open();
  await stage.app("demo", DEMO);
  await stage.app("asker", ASK);
  await stage.app("fails", FAILS);
  await stage.app("user", USER);
  await stage.app("broken", `{"run": [{"method": "shell.rum"}]}`);
  await stage.serve();
});

after(() => stage.close());

/** Ends a flow: nothing has gone wrong in the page meanwhile, and nothing has become markup. */
export async function leave(page) {
  assert.deepEqual(page.errors, []);
  assert.equal(await page.evaluate(() => window.struck), undefined);
  await page.context().close();
}

/** Goes to a view by its link. */
export const link = (page, name) => page.getByRole("navigation").getByRole("link", { name }).click();
