// What is seen of a process between two of its lives.

import { test } from "node:test";
import { leave, link, stage } from "../scene.mjs";

test("a process says why it does not run, and when it will", async () => {
  for (const [app, code] of [["ended", 0], ["crashed", 7]]) {
    const params = { message: `exit ${code}`, daemon: true, autoRestart: true };
    await stage.app(app, { dialect: "vatn", run: [{ method: "shell.run", params }] });
    await stage.api("POST", `apps/${app}/run`);
  }
  const page = await stage.enter();
  await link(page, "Processes");
  for (const [app, state, code] of [["ended", "waiting", 0], ["crashed", "crashed", 7]]) {
    const row = page.getByRole("row", { name: new RegExp(`^${app}-`) });
    await row.filter({ has: page.getByText(state, { exact: true }), hasText: `exit code ${code}starts again ` }).waitFor();
  }
  for (const app of ["ended", "crashed"]) {
    await stage.api("POST", `apps/${app}/stop`);
    await stage.api("DELETE", `apps/${app}`);
  }
  await leave(page);
});
