// A workspace, a server in it, and a browser before it.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { COLLODI, PAGE_TOOLS, CHROMIUM, SHOTS } = process.env;
const tools = createRequire(join(PAGE_TOOLS, "package.json"));
const { chromium } = tools("playwright-core");
const { AxeBuilder } = tools("@axe-core/playwright");

export class Stage {
  tokens = 0;

  static async open() {
    const stage = new Stage();
    stage.dir = await mkdtemp(join(tmpdir(), "collodi-page-"));
    stage.browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
    });
    return stage;
  }

  async close() {
    await this.browser.close();
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Writes the script of an app. */
  async app(name, script, file = "pinokio.json") {
    const dir = join(this.dir, ".vatn/python/apps", name);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, file), typeof script === "string" ? script : JSON.stringify(script));
  }

  /** Serves the workspace; at the same address again after a stop. */
  async serve() {
    await this.#python();
    const words = ["--json", "--workspace", this.dir, "serve", "--quiet", "--listen", this.address ?? "127.0.0.1:0"];
    this.server = spawn(COLLODI, words, { stdio: ["ignore", "pipe", "inherit"], env: this.#env() });
    for await (const line of createInterface({ input: this.server.stdout })) {
      if (line.includes("listening")) break;
    }
    this.server.stdout.resume();
    const state = JSON.parse(await readFile(join(this.dir, ".vatn/python/server.json"), "utf8"));
    this.address = state.address;
    this.token = state.token;
  }

  /** A Python that makes environments of nothing, and is one otherwise. */
  async #python() {
    const text = `#!/bin/sh
if [ "$1 $2 $3" = "-I -m venv" ]; then
    mkdir -p "$4/bin" && cp "$0" "$4/bin/python"
else
    PATH=\${PATH#*:} exec python3 "$@"
fi
`;
    await mkdir(join(this.dir, "bin"), { recursive: true });
    await writeFile(join(this.dir, "bin/python3"), text, { mode: 0o755 });
  }

  #env() {
    return { ...process.env, PATH: `${join(this.dir, "bin")}:/usr/local/bin:/usr/bin:/bin` };
  }

  /** Ends what flows leave running, and waits for it. */
  async idle() {
    const alive = async () => (await this.api("GET", "processes")).processes.filter((process) => !process.ended);
    for (const { appId } of await alive()) await this.api("POST", `apps/${appId}/stop`);
    while ((await alive()).length > 0);
  }

  async stop() {
    if (this.server === undefined) return;
    const ended = new Promise((resolve) => this.server.once("exit", resolve));
    this.server.kill("SIGTERM");
    await ended;
    this.server = undefined;
  }

  /** A page of its own; `errors` gathers what goes wrong in it. */
  async visit(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.errors = [];
    page.on("pageerror", (error) => page.errors.push(String(error)));
    page.on("console", (message) => {
      // The browser says this of every answer that is no success, also of those that are shown.
      const expected = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !expected) page.errors.push(message.text());
    });
    return page;
  }

  /** The same, let in by the address that the server prints. */
  async enter(options, token = this.token) {
    const page = await this.visit(options);
    await page.goto(`http://${this.address}/python/ui#token=${token}`);
    await page.getByRole("heading", { name: "Apps", level: 1 }).waitFor();
    return page;
  }

  /** A token of this scope, made by the program. */
  tokenOf(scope) {
    const words = ["--workspace", this.dir, "token", "new", "--scope", scope, "--for", `holder-${this.tokens += 1}`];
    return execFileSync(COLLODI, words, { encoding: "utf8" }).trim();
  }

  async api(method, path) {
    return (await this.ask(method, path)).json();
  }

  async ask(method, path) {
    const headers = { Authorization: `Bearer ${this.token}`, Prefer: "respond-async" };
    return fetch(`http://${this.address}/python/${path}`, { method, headers });
  }
}

/** Fails when something on the page keeps somebody out, or is wider than the page. */
export async function check(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(told, [], `axe on ${name}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
