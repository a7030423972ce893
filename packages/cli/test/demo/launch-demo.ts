import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Welcome } from "../../src/demo/welcome.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

/** A demo in a process of its own. */
export interface LaunchedDemo {
  readonly welcome: Welcome;
  /** What it has said so far beside its data. */
  messages(): string;
  /** Presses Ctrl-C and answers the exit code. */
  stop(): Promise<number | null>;
}

/** A folder that is not there yet, in one that goes with the test. */
export function newFolder(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), "stairwell-demo-test-"));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, "demo");
}

export async function launchDemo(t: TestContext, ...args: readonly string[]): Promise<LaunchedDemo> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", MAIN, "demo", "--json", "--listen", "127.0.0.1:0", ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let messages = "";
  child.stderr.on("data", (chunk: Buffer) => (messages += chunk.toString()));
  const closed = once(child, "close") as Promise<[number | null]>;
  t.after(async () => {
    child.kill("SIGKILL");
    await closed;
  });
  const welcome = await Promise.race([
    firstJson(child),
    closed.then(([code]) => {
      throw new Error(`the demo ended with ${code} before it was ready: ${messages}`);
    }),
  ]);
  return {
    welcome,
    messages: () => messages,
    async stop() {
      child.kill("SIGINT");
      return (await closed)[0];
    },
  };
}

async function firstJson(child: ChildProcess): Promise<Welcome> {
  let text = "";
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.endsWith("\n}\n")) return JSON.parse(text) as Welcome;
  }
  // It is ending; how, is told by its end.
  return new Promise(() => {});
}
