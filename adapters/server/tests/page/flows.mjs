// What people do on the page, in a real browser against a real server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, leave, link, stage } from "./scene.mjs";
import { check } from "./stage.mjs";

import "./flows/apps.mjs";
import "./flows/connection.mjs";
import "./flows/editor.mjs";
import "./flows/elements.mjs";
import "./flows/log.mjs";
import "./flows/scopes.mjs";
import "./flows/usage.mjs";
import "./flows/waiting.mjs";

test("who has no token is asked for it, and a wrong one is refused", async () => {
  const page = await stage.visit();
  await page.goto(`http://${stage.address}/python/ui`);
  await check(page, "gate");
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("This token is not that of the server.").waitFor();
  await page.getByLabel("Token").fill(stage.token);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("heading", { name: "Apps", level: 1 }).waitFor();
  await leave(page);
});

test("the token leaves the address", async () => {
  const page = await stage.enter();
  assert.equal(page.url(), `http://${stage.address}/python/ui`);
  await page.reload();
  await page.getByRole("link", { name: "demo", exact: true }).waitFor();
  await leave(page);
});

test("an app is run, followed, restarted and stopped", async () => {
  await stage.idle();
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run demo" }).click();
  await page.getByRole("heading", { name: /^demo-run-/ }).waitFor();
  await page.locator(".log").getByText("installed").waitFor();
  await page.locator(".notes").getByText(HOSTILE).waitFor();
  await check(page, "run");
  await page.getByRole("link", { name: /^demo-[0-9a-f]{8}$/ }).click();
  await page.locator(".line").getByText(HOSTILE).waitFor();
  assert.equal(await page.locator(".line .front-1").first().textContent(), "red");
  await page.getByText("Delays to come").waitFor();
  await page.getByRole("link", { name: /^http:\/\/127\.0\.0\.1:/ }).first().waitFor();
  await check(page, "process");
  const pid = () => page.locator("dt:text-is('PID') + dd").textContent();
  const before = await pid();
  await page.getByRole("button", { name: /^Restart/ }).click();
  await page.locator(".line").getByText("[VATN] Process started").nth(1).waitFor();
  await page.waitForFunction((old) => ![old, "–"].includes(
    [...document.querySelectorAll("dt")].find((dt) => dt.textContent === "PID").nextSibling.textContent), before);
  await link(page, "Processes");
  await page.getByRole("row", { name: /^demo-/ }).getByText("running", { exact: true }).waitFor();
  await check(page, "processes");
  await page.getByRole("button", { name: /^Stop/ }).click();
  const ended = page.getByRole("row", { name: /^demo-/ }).first();
  await ended.getByText("stopped", { exact: true }).waitFor();
  assert.equal(await ended.getByText("Memory").count(), 0);
  await ended.getByRole("button", { name: "Run demo again" }).waitFor();
  await check(page, "processes-ended");
  await ended.getByRole("button", { name: /^Start demo-/ }).click();
  await ended.getByText("running", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Stop/ }).click();
  await ended.getByText("stopped", { exact: true }).waitFor();
  await link(page, "Runs");
  await page.getByRole("row", { name: /demo-run-/ }).first().getByText("completed").waitFor();
  await check(page, "runs");
  await leave(page);
});

test("a question is answered", async () => {
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run asker" }).click();
  await page.getByRole("heading", { name: HOSTILE }).waitFor();
  await check(page, "question");
  await page.getByRole("navigation").getByRole("link", { name: "Apps" }).click();
  await page.getByRole("status").getByRole("link", { name: /^asker-run-/ }).click();
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("size").selectOption("large");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.locator(".notes").getByText("hello Ada").waitFor();
  await page.getByText("completed").waitFor();
  await leave(page);
});

test("a plan, a script with errors, and a run that fails say what is the matter", async () => {
  const page = await stage.enter();
  await page.getByRole("link", { name: "Plan and script of demo" }).click();
  await page.locator(".plan").getByText("echo installed").waitFor();
  await check(page, "plan");
  await page.goto(`http://${stage.address}/python/ui#/apps/broken`);
  await page.getByText("shell.rum").first().waitFor();
  await check(page, "broken");
  await page.goto(`http://${stage.address}/python/ui#/apps`);
  await page.getByRole("button", { name: "Run fails" }).click();
  await page.locator(".problem").getByText(/nothing-here/).first().waitFor();
  await check(page, "failed");
  await leave(page);
});

test("a launcher's menu is shown, and who closes the dialog adds nothing", async () => {
  const page = await stage.enter();
  await page.route("**/python/apps/demo", (route) => route.fulfill({ json: {
    name: "demo", path: HOSTILE, hasScript: true, runningProcesses: 0, title: HOSTILE, description: HOSTILE, needsJavascript: true,
    hasSubmodules: true, menu: [{ text: HOSTILE, href: "start.json", isDefault: true, depth: 0 }, { text: "Deeper", depth: 2 }],
    scripts: [{ file: "start.json", title: HOSTILE, steps: 2, errors: 1, warnings: 2 }, { file: "a.js", steps: 0, errors: 1, warnings: 0, needsJavascript: true }] } }));
  await page.getByRole("button", { name: "Add app" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "demo", exact: true }).click();
  await page.getByText("Deeper").waitFor();
  await page.getByText("1 error, 2 warnings").waitFor();
  await page.getByText("its menu is not read").waitFor();
  await check(page, "launcher");
  await leave(page);
});

test("an environment is deleted after a question only", async () => {
  const page = await stage.enter();
  await link(page, "Environments");
  await page.getByLabel("Name").fill("fresh");
  await page.getByRole("button", { name: "Create" }).click();
  const remove = page.getByRole("button", { name: "Delete fresh" });
  await remove.click({ timeout: 60_000 });
  await check(page, "delete");
  await page.getByRole("button", { name: "Keep" }).click();
  await remove.click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There are no environments yet.").waitFor();
  await check(page, "envs");
  await leave(page);
});

test("an environment shows what it takes and who uses it, and what lives in it is deleted by force only", async () => {
  await stage.idle();
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run user" }).click();
  await page.getByText("completed").first().waitFor({ timeout: 60_000 });
  await link(page, "Environments");
  const row = page.getByRole("row", { name: /^shared/ });
  await row.getByText(/^script of/).waitFor();
  await row.getByRole("link", { name: /^user-[0-9a-f]{8}$/ }).waitFor();
  await row.getByText(/^[0-9.]+ (KB|MB)/).first().waitFor();
  await check(page, "envs-used");
  await page.getByRole("button", { name: "Delete shared" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("What uses it now will do without").waitFor();
  await dialog.getByText("Freed by deletion").waitFor();
  await check(page, "delete-used");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await row.waitFor();
  await page.getByRole("button", { name: "Delete shared" }).click();
  await dialog.getByRole("button", { name: "Delete anyway" }).click();
  await page.getByText("There are no environments yet.").waitFor();
  await link(page, /^Apps/);
  await page.getByText(/^Size: [0-9.]+ (B|KB|MB)/).first().waitFor();
  await check(page, "apps-sizes");
  await stage.api("POST", "apps/user/stop");
  await leave(page);
});

test("sizes that are not whole say why, and hostile figures stay text", async () => {
  const page = await stage.visit();
  const size = { bytes: 5e9, freedBytes: 1e9, sharedBytes: 4e9, entries: 9, whole: false, measuredAt: "2030-01-01T00:00:00Z",
    leftOut: [{ path: HOSTILE, why: "permission denied" }] };
  const env = { name: "odd", path: HOSTILE, pythonVersion: HOSTILE, size, lastUsedAt: null,
    usedBy: [{ kind: "maybe", app: HOSTILE }, { kind: "run", app: "a", id: HOSTILE }] };
  await page.route("**/python/envs**", (route) => route.fulfill({ json: { count: 1, envs: [env] } }));
  await page.route("**/python/events?topics=runs*", async (route) => {
    const body = `event: envs\nid: 1\ndata: ${JSON.stringify({ envs: [env], count: 1 })}\n\n`;
    await route.fulfill({ contentType: "text/event-stream", body });
  });
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByRole("heading", { name: "Apps", level: 1 }).waitFor();
  await link(page, "Environments");
  await page.getByText("at least 4.7 GB").waitFor();
  await page.getByText("(3.7 GB are shared and stay)").waitFor();
  assert.equal(await page.locator("main img, main script").count(), 0);
  await check(page, "envs-odd");
  await leave(page);
});

test("the doctor says what is well and what to do", async () => {
  const page = await stage.enter();
  await link(page, "Doctor");
  await page.getByRole("row", { name: /^python/ }).getByText(/Python 3/).waitFor({ timeout: 60_000 });
  await check(page, "doctor");
  await page.route("**/python/doctor", (route) => route.fulfill({ json: { problems: 1, warnings: 0, findings: [
    { about: "token", state: "problem", seen: HOSTILE, hint: HOSTILE }] } }));
  await page.getByRole("button", { name: "Look again" }).click();
  await page.getByText("1 problem, 0 warnings.").waitFor();
  await page.getByText("To do: <img").waitFor();
  await check(page, "doctor-problem");
  await leave(page);
});

test("sections that a server lacks say so, and settings are shown", async () => {
  const page = await stage.enter();
  await link(page, "Settings");
  await page.getByText("Environments are in").waitFor();
  await check(page, "settings");
  await page.route("**/api/guard/sandbox-audit?*", (route) => route.fulfill({ status: 404, json: { detail: "no" } }));
  await link(page, "Audit");
  await page.getByText("This server does not offer this.").waitFor();
  await check(page, "audit");
  await leave(page);
});

test("settings are changed, and what ran in sandboxes is shown", async () => {
  const page = await stage.enter();
  let sent;
  await page.route("**/python/config", async (route) => {
    if (route.request().method() === "PUT") {
      sent = route.request().postDataJSON();
      return route.fulfill({ json: { status: "saved", restartRequired: true, message: "takes effect at the next start" } });
    }
    const settings = [{ key: "python.prefer_uv", value: true, source: "file", line: 3 }];
    const config = await (await route.fetch()).json();
    return route.fulfill({ json: { ...config, preferUv: true, settings } });
  });
  await page.route("**/api/guard/sandbox-audit?*", (route) => route.fulfill({ json: { count: 1, total: 1, entries: [
    { command: HOSTILE, exitCode: 1, durationMs: 1500, timestamp: "2030-01-01T00:00:00Z", state: "ended", app: HOSTILE,
      sandbox: { requested: "restricted", enforced: ["files"], missing: ["network"] } }] } }));
  await link(page, "Settings");
  await page.getByLabel("Interpreter").fill("/usr/bin/python3");
  await page.getByLabel("Use uv when it is there").uncheck();
  await check(page, "settings-form");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("takes effect at the next start").waitFor();
  assert.deepEqual(sent, { pythonBinary: "/usr/bin/python3", preferUv: false });
  await page.getByRole("row", { name: /prefer_uv/ }).getByText("file, line 3").waitFor();
  await link(page, "Audit");
  await page.getByRole("row").getByText(HOSTILE).first().waitFor();
  await check(page, "audit-entries");
  await leave(page);
});

test("names that no server should send stay text", async () => {
  const page = await stage.visit();
  await page.route("**/python/apps", (route) => route.fulfill({ json: { count: 1, apps: [
    { name: HOSTILE, path: HOSTILE, hasScript: true, runningProcesses: 0, origin: { url: HOSTILE, words: HOSTILE } }] } }));
  await page.route("**/python/status", (route) => route.fulfill({ json: { healthy: true, version: HOSTILE, uv: HOSTILE, conda: HOSTILE, machine: { gpu: HOSTILE } } }));
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByRole("link", { name: HOSTILE, exact: true }).waitFor();
  assert.equal(await page.locator("main img, main script, footer img").count(), 0);
  await check(page, "hostile");
  await leave(page);
});

test("everything can be reached by keyboard", async () => {
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run fails" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  const reached = new Set();
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent));
  }
  for (const name of ["Environments", "Run fails", "Plan and script of demo"]) assert.ok(reached.has(name), `${name} of ${[...reached]}`);
  await leave(page);
});

for (const [name, options] of [
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 360, height: 740 } }],
]) {
  test(`views on ${name}`, async () => {
    await stage.idle();
    const page = await stage.enter(options);
    await page.getByRole("button", { name: "Run demo" }).waitFor();
    await check(page, `${name}-apps`);
    await page.getByRole("button", { name: "Run demo" }).click();
    await page.locator(".log").getByText("installed").waitFor();
    await check(page, `${name}-run`);
    await page.getByRole("link", { name: /^demo-[0-9a-f]{8}$/ }).first().click();
    await page.locator(".line .front-1").first().waitFor();
    await check(page, `${name}-process`);
    for (const view of ["Processes", "Runs", "Environments", "Settings", "Doctor"]) {
      await link(page, new RegExp(`^${view}`));
      await page.getByRole("heading", { name: view, level: 1 }).waitFor();
      await check(page, `${name}-${view.toLowerCase()}`);
    }
    await page.goto(`http://${stage.address}/python/ui#/apps/broken`);
    await page.getByText("shell.rum").first().waitFor();
    await check(page, `${name}-broken`);
    await leave(page);
  });
}
