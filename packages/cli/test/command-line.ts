import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { S3Options } from "@stairwell/server/testing";
import { run } from "../src/index.ts";

// The environment of whoever runs the tests is no part of them.
for (const name of Object.keys(process.env)) if (name.startsWith("STAIRWELL_")) delete process.env[name];

export interface Ended {
  code: number;
  data: string;
  messages: string;
}

/** Runs the command line in this process and keeps what it wrote. */
export async function stairwell(...args: string[]): Promise<Ended> {
  const ended = { code: -1, data: "", messages: "" };
  const streams = {
    data: { write: (text: string) => (ended.data += text) },
    messages: { write: (text: string) => (ended.messages += text) },
  };
  ended.code = await run(args, streams);
  return ended;
}

/** A folder for one test, removed after it. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The command line on a data folder of its own, which is not there yet. */
export function onFolder(t: TestContext) {
  const folder = join(tempFolder(t), "data");
  return { folder, stairwell: (...args: string[]) => stairwell(...args, "--data", folder) };
}

/** How a command calls a server as somebody. */
export function callingAs(t: TestContext, url: string, token: string): string[] {
  const file = join(tempFolder(t), "token");
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return ["--url", url, "--token-file", file];
}

/** A configuration file that names a bucket. */
export function configOf(t: TestContext, { endpoint, bucket, prefix, accessKey, secretKey }: S3Options): string {
  const settings = { endpoint, bucket, prefix, access_key: accessKey, secret_key: secretKey };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const file = join(tempFolder(t), "stairwell.toml");
  writeFileSync(file, `[media.s3]\n${lines.join("\n")}\n`);
  return file;
}
