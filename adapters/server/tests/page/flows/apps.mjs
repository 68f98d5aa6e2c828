// How apps come, change and go.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, link, stage } from "../scene.mjs";
import { check } from "../stage.mjs";

test("an app is added from a template, looked at and removed", async () => {
  const page = await stage.enter();
  await page.getByRole("button", { name: "Add app" }).click();
  const dialog = page.getByRole("dialog");
  await check(page, "add-repository");
  await dialog.getByLabel("Repository").fill("http://127.0.0.1:1/greeter");
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.getByText("apps may not be fetched by http here").waitFor();
  await check(page, "add-refused");
  await dialog.getByLabel("Made from").selectOption("fastapi");
  assert.ok(await dialog.getByLabel("Repository").isDisabled());
  await dialog.getByLabel("Name").fill("web");
  await check(page, "add-template");
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByRole("heading", { name: "web", level: 1 }).waitFor();
  await page.getByText("made from the template fastapi").waitFor();
  await page.getByRole("row", { name: /pinokio.json/ }).getByText("nothing is wrong").waitFor();
  await check(page, "app");
  await link(page, "Apps");
  await page.getByRole("button", { name: "Remove web" }).click();
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("button", { name: "Remove web" }).click();
  await check(page, "remove");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove web" }).waitFor({ state: "detached" });
  await leave(page);
});

test("an app is updated from its repository", async () => {
  const page = await stage.visit();
  await page.route("**/python/apps", (route) => route.fulfill({ json: { count: 1, apps: [
    { name: "demo", path: "/x", hasScript: true, runningProcesses: 0, origin: { url: "https://host/demo", words: "https://host/demo at 0123" } }] } }));
  await page.route("**/python/apps/demo/update", (route) => route.fulfill({ json: {
    status: "updated", from: "0123", app: { name: "demo", origin: { words: "https://host/demo at 4567" } } } }));
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByText("https://host/demo at 0123").waitFor();
  await stage.idle();
  await page.getByRole("button", { name: "Update demo" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Update" }).click();
  await page.getByText("demo is updated: https://host/demo at 4567").waitFor();
  await check(page, "updated");
  await leave(page);
});

test("what an update would lose is named before, and lost only when somebody says so", async () => {
  const page = await stage.visit();
  await page.route("**/python/apps", (route) => route.fulfill({ json: { count: 1, apps: [
    { name: "changed", path: "/x", hasScript: true, runningProcesses: 0, origin: { url: "https://host/changed", words: "https://host/changed at 0123" } }] } }));
  const sent = [];
  await page.route("**/python/apps/changed/update", (route) => {
    sent.push(route.request().postDataJSON());
    if (sent.at(-1).discard) return route.fulfill({ json: { status: "updated", from: "0123", app: { name: "changed", origin: { words: "https://host/changed at 4567" } } } });
    return route.fulfill({ status: 409, json: { type: "urn:collodi:problem:would-lose", detail: "files of changed were changed: <b>app.py</b>" } });
  });
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByRole("button", { name: "Update changed" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Commit, tag or branch").fill("v2");
  assert.ok(await dialog.getByLabel("Lose these changes").isHidden());
  await dialog.getByRole("button", { name: "Update" }).click();
  await dialog.getByText("files of changed were changed: <b>app.py</b>").waitFor();
  await check(page, "update-refused");
  await dialog.getByLabel("Lose these changes").check();
  await dialog.getByRole("button", { name: "Update" }).click();
  await page.getByText("changed is updated: https://host/changed at 4567").waitFor();
  assert.deepEqual(sent, [{ commit: "v2", discard: false }, { commit: "v2", discard: true }]);
  await leave(page);
});

test("an app that runs is ended and removed with the environment that is its own", async () => {
  await stage.idle();
  await stage.app("leaving", { dialect: "vatn", run: [
    { method: "shell.run", params: { message: "exec sleep 1000", venv: "own", daemon: true } }] });
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run leaving" }).click();
  await page.getByText("completed").first().waitFor();
  await link(page, /^Environments/);
  await page.getByRole("row", { name: /^own/ }).getByText(/^script of/).waitFor();
  await link(page, /^Apps/);
  await page.getByRole("button", { name: "Remove leaving" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Runs, and will be ended").waitFor();
  await dialog.getByLabel("Delete its environments too: own").check();
  await check(page, "remove-running");
  await dialog.getByRole("button", { name: "End and remove" }).click();
  await page.getByText("leaving is removed; environments deleted: own").waitFor();
  assert.equal((await stage.ask("GET", "apps/leaving")).status, 404);
  await leave(page);
});
