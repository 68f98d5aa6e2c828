// What people see when the server does not answer, or refuses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, leave, link, stage } from "../scene.mjs";
import { check } from "../stage.mjs";

test("who loses the connection goes on behind the last event that was heard", async () => {
  const page = await stage.visit();
  const told = [];
  await page.route("**/python/events?topics=runs*", (route) => {
    told.push(route.request().headers()["last-event-id"]);
    const body = "event: reset\nid: 7.1\ndata: {\"reason\":\"start\"}\n\nevent: gone\nid: 7.2\ndata: {\"topic\":\"runs\",\"id\":\"x\"}\n\n";
    return told.length === 1 ? route.fulfill({ contentType: "text/event-stream", body }) : route.continue();
  });
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.waitForRequest((request) => request.headers()["last-event-id"] !== undefined);
  await page.getByRole("link", { name: "demo", exact: true }).waitFor();
  await page.locator("#stale").waitFor({ state: "hidden" });
  assert.deepEqual(told.slice(0, 2), [undefined, "7.2"]);
  await leave(page);
});

test("what a token does not allow is said, and another token can be given", async () => {
  const page = await stage.enter();
  await page.route("**/python/apps/demo/run", (route) => route.fulfill({ status: 403, json: {
    type: "urn:collodi:problem:insufficient-scope", detail: `this needs a token that may operate ${HOSTILE}`, hint: "collodi token --scope operate" } }));
  await stage.idle();
  await page.getByRole("button", { name: "Run demo" }).click();
  await page.getByRole("alert").getByText("this needs a token that may operate").waitFor();
  await page.getByText("collodi token --scope operate").waitFor();
  await check(page, "forbidden");
  await page.getByRole("button", { name: "Use another token" }).click();
  await page.getByText("Give a token that allows more.").waitFor();
  await check(page, "gate-more");
  await page.getByLabel("Token").fill(stage.token);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("link", { name: "demo", exact: true }).waitFor();
  await leave(page);
});

test("a list that cannot be had says why, and is asked for again", async () => {
  const page = await stage.visit();
  let isBroken = true;
  await page.route("**/python/apps", (route) => isBroken
    ? route.fulfill({ status: 500, json: { detail: "the disk is gone", hint: "look after it" } }) : route.continue());
  await page.goto(`http://${stage.address}/python/ui#token=${stage.token}`);
  await page.getByText("the disk is gone").waitFor();
  await check(page, "apps-trouble");
  isBroken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "demo", exact: true }).waitFor();
  await leave(page);
});

test("an app whose server answers can be opened", async () => {
  await stage.idle();
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run demo" }).click();
  await page.getByText("completed").first().waitFor();
  await link(page, /^Apps/);
  const open = page.getByRole("link", { name: "Open demo" });
  await open.waitFor();
  assert.match(await open.getAttribute("href"), /^http:\/\/127\.0\.0\.1:\d+/);
  assert.equal(await open.getAttribute("rel"), "noopener noreferrer");
  await check(page, "open");
  await leave(page);
});

test("a lost connection is told, and goes on when the server is back", async () => {
  await stage.idle();
  const page = await stage.enter();
  await page.getByRole("button", { name: "Run demo" }).waitFor();
  await stage.stop();
  await page.getByText("Connection lost").waitFor();
  await page.getByText("collodi serve").waitFor();
  assert.ok(await page.locator("main[data-stale]").isVisible());
  await check(page, "stale");
  await stage.serve();
  // Another life has another token.
  await page.getByText(/^The token is .* this server/).waitFor();
  await page.getByLabel("Token").fill(stage.token);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("button", { name: "Run demo" }).waitFor();
  await leave(page);
});
