// What the page offers to whom: what the token does not allow is not there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, link, stage } from "../scene.mjs";
import { check } from "../stage.mjs";

/** The labels of all that can be pressed or sent in each view. */
async function offered(page) {
  const labels = new Set();
  const visit = async (name) => {
    await check(page, name);
    for (const button of await page.locator("main button:visible").all()) labels.add((await button.textContent()).trim());
  };
  await page.getByRole("link", { name: "demo", exact: true }).waitFor();
  await visit("scope-apps");
  for (const view of ["Runs", "Processes", "Environments", "Settings"]) {
    await link(page, new RegExp(`^${view}`));
    await page.getByRole("heading", { name: view, level: 1 }).waitFor();
    await page.getByText("Loading…").waitFor({ state: "detached" });
    await visit(`scope-${view}`);
  }
  await page.goto(`http://${stage.address}/python/ui#/apps/demo`);
  await page.locator(".plan").getByText("echo installed").waitFor();
  await visit("scope-app");
  return labels;
}

const OPERATES = ["Run", "Restart", "Stop", "Cancel", "Start", "Run again", "Create", "Answer"];
const CHANGES = ["Add app", "Update", "Remove", "Delete", "Save", "Revert"];

test("who may only read is offered nothing that changes something, and told so", async () => {
  await stage.idle();
  await stage.api("POST", "apps/demo/run");
  const page = await stage.enter({}, stage.tokenOf("read"));
  await page.getByText("Reads only").waitFor();
  const labels = await offered(page);
  for (const label of [...OPERATES, ...CHANGES]) assert.ok(!labels.has(label), `${label} of ${[...labels]}`);
  assert.ok(await page.getByLabel("Script of demo").evaluate((field) => field.readOnly));
  await page.getByRole("button", { name: "Use another token" }).click();
  await page.getByText("collodi token new").waitFor();
  await page.getByLabel("Token").fill(stage.token);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("button", { name: "Save" }).waitFor();
  assert.equal(await page.getByText("Reads only").count(), 0);
  await stage.idle();
  await leave(page);
});

test("who may operate starts and stops, and is offered no change", async () => {
  await stage.idle();
  const page = await stage.enter({}, stage.tokenOf("operate"));
  await page.getByText("Operates only").waitFor();
  await page.getByRole("button", { name: "Run demo" }).click();
  await page.getByText("completed").first().waitFor({ timeout: 60_000 });
  await link(page, "Apps");
  const labels = await offered(page);
  for (const label of ["Run", "Stop", "Restart", "Create"]) assert.ok(labels.has(label), `${label} of ${[...labels]}`);
  for (const label of CHANGES) assert.ok(!labels.has(label), `${label} of ${[...labels]}`);
  await stage.idle();
  await leave(page);
});

test("a question is shown to who may only read, and answered by others", async () => {
  await stage.idle();
  const { runId } = await stage.api("POST", "apps/asker/run");
  const page = await stage.enter({}, stage.tokenOf("read"));
  await page.goto(`http://${stage.address}/python/ui#/runs/${runId}`);
  await page.getByText("The run waits for an answer.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Answer" }).count(), 0);
  await check(page, "scope-question");
  await stage.api("POST", `runs/${runId}/cancel`);
  await page.getByText("cancelled").first().waitFor();
  await leave(page);
});

/** Holds back what the server says of a token, until the function is called that is given back. */
async function holdStatus(page, ofToken) {
  let tell;
  const told = new Promise((resolve) => { tell = resolve; });
  const held = [];
  await page.route("**/python/status", async (route) => {
    if (route.request().headers().authorization !== `Bearer ${ofToken}`) return route.continue();
    held.push(route.request());
    const response = await route.fetch();
    await told;
    await route.fulfill({ response });
  });
  return async () => {
    tell();
    // The page may have given one up: then there is no response.
    for (const request of held) await (await request.response())?.finished();
    await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  };
}

test("a script that is there before it is known what the token allows can be changed then", async () => {
  const page = await stage.enter({}, stage.tokenOf("read"));
  const tell = await holdStatus(page, stage.token);
  await page.goto(`http://${stage.address}/python/ui#/apps/demo`);
  await page.getByRole("button", { name: "Use another token" }).click();
  await page.getByLabel("Token").fill(stage.token);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.locator(".plan").getByText("echo installed").waitFor();
  assert.ok(await page.getByLabel("Script of demo").evaluate((field) => field.readOnly));
  await tell();
  await page.getByRole("button", { name: "Save" }).waitFor();
  assert.ok(!await page.getByLabel("Script of demo").evaluate((field) => field.readOnly));
  await leave(page);
});

test("what is heard late of a token says nothing of the next one", async () => {
  const page = await stage.visit();
  const less = stage.tokenOf("read");
  const tell = await holdStatus(page, less);
  await page.goto(`http://${stage.address}/python/ui#token=${less}`);
  await page.getByRole("heading", { name: "Apps", level: 1 }).waitFor();
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByRole("button", { name: "Add app" }).waitFor();
  await tell();
  assert.equal(await page.getByText("Reads only").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Add app" }).count(), 1);
  await leave(page);
});
