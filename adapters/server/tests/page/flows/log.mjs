// What people do with output.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leave, stage } from "../scene.mjs";
import { check } from "../stage.mjs";

test("fifty thousand lines are few elements, and scrolling pauses following", async (told) => {
  const page = await stage.visit();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const { runId } = await stage.api("POST", "apps/fails/run");
  const line = (seq) => ({ seq, time: "2030-01-01T00:00:00Z", stream: "stdout", text: `line ${seq}` });
  const event = (from) => `event: log\nid: 1.1.${from + 500}\ndata: ${JSON.stringify({ id: runId, next: from + 500,
    lines: Array.from({ length: 500 }, (_, index) => line(from + index)) })}\n\n`;
  const body = Array.from({ length: 110 }, (_, index) => event(index * 500)).join("");
  let asked = 0;
  await page.route("**/python/events?topics=logs*", (route) => {
    asked += 1;
    return asked === 1 ? route.fulfill({ contentType: "text/event-stream", body }) : route.abort();
  });
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByRole("heading", { name: "Apps" }).waitFor();
  await page.goto(`http://${stage.address}/python/ui#/runs/${runId}`);
  await page.getByText("50000 lines").waitFor();
  await page.locator(".line").getByText("line 54999", { exact: true }).waitFor();
  assert.ok(await page.locator(".line").count() < 200);
  await page.locator(".lines").evaluate((lines) => { lines.scrollTop = 0; });
  await page.locator(".line").getByText("line 5000", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await page.locator(".line").getByText("line 54999", { exact: true }).waitFor();
  await page.getByLabel("Search in the output").fill("LINE 1234");
  await page.getByText("10 found", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Next found" }).click();
  await page.getByText("10 of 10 found").waitFor();
  await page.locator(".line[aria-current] mark").getByText("line 1234", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Follow", exact: true }).waitFor();
  await page.getByLabel("Search in the output").press("Enter");
  await page.getByText("1 of 10 found").waitFor();
  await page.locator(".line").getByText("line 5000", { exact: true }).waitFor({ state: "detached" });
  await page.getByLabel("Search in the output").press("Shift+Enter");
  await page.getByText("10 of 10 found").waitFor();
  await check(page, "search");
  await page.getByLabel("Only found").check();
  await page.waitForFunction(() => document.querySelectorAll(".line").length === 10);
  await page.getByLabel("Search in the output").fill("nowhere");
  await page.getByText("not found", { exact: true }).waitFor();
  const { metrics } = await devtools.send("Performance.getMetrics");
  const figures = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  told.diagnostic(`nodes ${figures.Nodes}, layout ${figures.LayoutDuration} s, script ${figures.ScriptDuration} s, heap ${figures.JSHeapUsedSize} bytes`);
  assert.ok(await page.locator("*").count() < 2000);
  await leave(page);
});

test("a log is downloaded", async () => {
  const page = await stage.enter();
  const { runId } = await stage.api("POST", "apps/fails/run");
  await page.goto(`http://${stage.address}/python/ui#/runs/${runId}`);
  await page.locator(".log").getByText("before the end").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
  assert.equal(download.suggestedFilename(), `${runId}.log`);
  await leave(page);
});
