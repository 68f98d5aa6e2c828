// What people do with the script of an app.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, leave, link, stage } from "../scene.mjs";
import { check } from "../stage.mjs";

const script = (...words) => JSON.stringify({ run: words.map((raw) => ({ method: "log", params: { raw } })) }, null, 2);

/** The page of an app with this script, and the field that has it. */
async function edit(name, text, options) {
  await stage.app(name, text);
  const page = await stage.enter(options);
  await page.goto(`http://${stage.address}/python/ui#/apps/${name}`);
  const field = page.getByRole("textbox", { name: `Script of ${name}`, exact: true });
  await field.waitFor();
  await page.waitForFunction((text) => document.querySelector(".code textarea").value === text, text);
  return { page, field };
}

test("a script is edited: what is wrong with it and what it would do show as one types", async () => {
  const { page, field } = await edit("edited", script("before"));
  const save = page.getByRole("button", { name: "Save" });
  await page.locator(".plan").getByText("before").waitFor();
  await page.locator(".diagnostics").getByText(/read in the Pinokio dialect/).waitFor();
  assert.ok(await save.isDisabled());
  await field.fill(script("before", HOSTILE));
  await page.getByRole("heading", { name: "What a run of this text would do" }).waitFor();
  await page.locator(".plan").getByText(HOSTILE).waitFor();
  await check(page, "editor-plan");
  await field.fill(script("before").replace("log", "lag"));
  await page.locator(".diagnostics").getByText(/lag/).first().waitFor();
  await page.getByText("Nothing, as long as the script has errors.").waitFor();
  assert.equal(await page.locator(".gutter .error").first().textContent(), "4");
  await check(page, "editor-errors");
  await page.locator(".diagnostics").getByRole("button", { name: /^4:/ }).first().click();
  assert.ok(await field.evaluate((field) => field === document.activeElement));
  const line = await field.evaluate(({ value, selectionStart }) => value.slice(0, selectionStart).split("\n").length);
  assert.equal(line, 4);
  await save.click();
  await page.getByRole("alert").getByText(/lag/).first().waitFor();
  await field.fill(script("after"));
  await field.press("Control+s");
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "What a run would do", exact: true }).waitFor();
  await page.reload();
  await page.locator(".plan").getByText("after").waitFor();
  await leave(page);
});

test("what was typed stays when somebody else saved meanwhile, and one chooses", async () => {
  const { page, field } = await edit("contested", script("first"));
  await field.fill(script("mine"));
  await stage.app("contested", script("theirs"));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("nothing is saved yet").waitFor();
  await page.locator(".versions mark").getByText(/theirs/).waitFor();
  assert.equal(await field.inputValue(), script("mine"));
  await check(page, "editor-conflict");
  await page.getByRole("button", { name: "Take that one" }).click();
  assert.equal(await field.inputValue(), script("theirs"));
  await page.locator(".plan").getByText("theirs").waitFor();
  await field.press("Control+z");
  assert.equal(await field.inputValue(), script("mine"));
  await stage.app("contested", script("theirs again"));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const saved = await stage.ask("GET", "apps/contested/script");
  assert.equal(await saved.text(), script("mine"));
  await leave(page);
});

test("what is not saved is kept on other views, and leaving the page asks first", async () => {
  const { page, field } = await edit("unsaved", script("before"));
  await field.fill(script("typed"));
  await link(page, /^Apps/);
  await page.getByText("script not saved").waitFor();
  await check(page, "editor-unsaved");
  const [dialog] = await Promise.all([page.waitForEvent("dialog"), page.evaluate(() => { setTimeout(() => location.reload()); })]);
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  await page.getByRole("link", { name: "unsaved", exact: true }).click();
  assert.equal(await field.inputValue(), script("typed"));
  await page.getByRole("button", { name: "Revert" }).click();
  assert.equal(await field.inputValue(), script("before"));
  await leave(page);
});

test("the field indents by Tab, and Escape lets the keyboard out", async () => {
  const { page, field } = await edit("indented", script("one"));
  await field.click();
  await field.press("Control+a");
  await field.press("Tab");
  assert.ok((await field.inputValue()).split("\n").every((line) => line.startsWith("  ")));
  await field.press("Shift+Tab");
  assert.equal(await field.inputValue(), script("one"));
  await field.press("Control+End");
  await field.press("Tab");
  assert.equal(await field.inputValue(), `${script("one")}  `);
  await field.press("Escape");
  await field.press("Tab");
  assert.ok(await field.evaluate((field) => field !== document.activeElement));
  await field.press("Escape");
  await field.press("Shift+Tab");
  assert.ok(await field.evaluate((field) => field !== document.activeElement));
  await page.getByRole("button", { name: "Revert" }).click();
  await leave(page);
});

test("line ends of a script stay as they are", async () => {
  const text = script("one").replaceAll("\n", "\r\n");
  await stage.app("windows", text);
  const page = await stage.enter({ viewport: { width: 360, height: 740 } });
  await page.goto(`http://${stage.address}/python/ui#/apps/windows`);
  await page.locator(".plan").getByText("one").waitFor();
  assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled());
  await page.getByLabel("Script of windows").fill(script("two"));
  await page.locator(".plan").getByText("two").waitFor();
  await check(page, "phone-editor");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.equal(await (await stage.ask("GET", "apps/windows/script")).text(), script("two").replaceAll("\n", "\r\n"));
  await leave(page);
});

test("a script in JavaScript is shown, and says why it cannot be changed here", async () => {
  await stage.app("program", `module.exports = { run: [{ method: "log", params: { raw: "from javascript" } }] }`, "pinokio.js");
  const page = await stage.enter({ colorScheme: "dark" });
  await page.goto(`http://${stage.address}/python/ui#/apps/program`);
  await page.getByText("is JavaScript, which is shown here and changed in its file only.").waitFor();
  assert.ok(await page.getByLabel("Script of program").evaluate((field) => field.readOnly));
  assert.ok(await page.getByRole("button", { name: "Save" }).isHidden());
  await check(page, "dark-editor-javascript");
  await leave(page);
});
