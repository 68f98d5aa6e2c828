// What people see of processor and memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, link, stage } from "../scene.mjs";
import { check } from "../stage.mjs";

/** Has the server tell this of the process that lives. */
async function tell(page, usage) {
  const asked = { times: 0 };
  await page.route("**/python/usage", async (route) => {
    asked.times += 1;
    const { processes } = await stage.api("GET", "processes");
    const { id, appId: app } = processes.find((process) => !process.ended);
    await route.fulfill({ json: usage(asked.times, { id, app }) });
  });
  return asked;
}

const at = (second) => new Date(Date.UTC(2030, 0, 1, 0, 0, second)).toISOString();

test("a process shows what its tree takes, and on other views nobody asks", async () => {
  await stage.idle();
  const page = await stage.visit();
  await page.clock.install();
  const asked = await tell(page, (time, process) => ({ at: at(2 * time), processes: [
    { ...process, cpuMs: 500 * time, memoryBytes: 4_000_000 * Math.min(time, 2), count: 3 }] }));
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByRole("button", { name: "Run demo" }).click();
  await page.getByRole("link", { name: /^demo-[0-9a-f]{8}$/ }).first().click();
  await page.getByRole("img", { name: "CPU 25 %, at most 25 %" }).waitFor();
  await page.getByRole("img", { name: "Memory 7.6 MB, at most 7.6 MB" }).waitFor();
  await check(page, "usage-process");
  await link(page, /^Processes/);
  await page.getByRole("row", { name: /^demo-/ }).getByText("CPU 25 %").waitFor();
  await check(page, "usage");
  await link(page, /^Apps/);
  await page.getByRole("heading", { name: "Apps", level: 1 }).waitFor();
  const before = asked.times;
  await page.clock.runFor(10_000);
  const events = page.waitForRequest("**/python/apps");
  await link(page, /^Runs/);
  await events;
  assert.equal(asked.times, before);
  await leave(page);
});

test("a server that does not tell it has no column for it", async () => {
  const page = await stage.enter();
  await page.route("**/python/usage", (route) => route.fulfill({ status: 404, json: { detail: "no" } }));
  if ((await stage.api("GET", "processes")).processes.every((process) => process.ended)) await stage.api("POST", "apps/demo/run");
  await link(page, /^Processes/);
  await page.getByRole("row", { name: /^demo-/ }).first().waitFor();
  await page.getByRole("columnheader", { name: "Takes" }).waitFor({ state: "detached" });
  await leave(page);
});
