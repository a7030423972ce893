import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Command } from "commander";
import { addCallerOptions, callerOf, type CallerOptions } from "./server-options.ts";

function setEnvironment(t: TestContext, name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

function parsed(...args: string[]): CallerOptions {
  const command = addCallerOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse(args, { from: "user" }).opts<CallerOptions & { url: string }>();
}

test("a caller's server and token come from options, or else from the environment", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-token-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "token");
  writeFileSync(file, "swt_file\n");
  setEnvironment(t, "STAIRWELL_URL", "https://rooms.example/");
  setEnvironment(t, "STAIRWELL_TOKEN", " swt_variable ");
  assert.deepEqual(await callerOf(parsed()), { baseUrl: "https://rooms.example", token: "swt_variable" });
  const given = parsed("--url", "http://127.0.0.1:1", "--token-file", file);
  assert.deepEqual(await callerOf(given), { baseUrl: "http://127.0.0.1:1", token: "swt_file" });
});

test("a token that is none, or given as an argument, is refused and not repeated", async (t) => {
  const secret = "swt_very\nsecret";
  setEnvironment(t, "STAIRWELL_TOKEN", secret);
  await assert.rejects(callerOf(parsed()), (error: Error) => !error.message.includes("secret"));
  assert.throws(
    () => parsed("--token", "swt_secret"),
    (error: Error) => /STAIRWELL_TOKEN/.test(error.message) && !error.message.includes("swt_secret"),
  );
  setEnvironment(t, "STAIRWELL_TOKEN", "");
  await assert.rejects(callerOf(parsed()), /say who you are/);
  await assert.rejects(callerOf(parsed("--token-file", "/nowhere")), /\/nowhere: it does not exist/);
});
