import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { onFolder, stairwell, tempFolder } from "./command-line.ts";

test("the settings in force are printed with their source, and secrets hidden", async (t) => {
  const file = join(tempFolder(t), "stairwell.toml");
  writeFileSync(file, 'listen = "127.0.0.1:9000"\n[metrics]\ntoken = "a-long-secret-token"\n');
  const { code, data } = await stairwell("config", "print", "--config", file, "--data", "elsewhere", "--json");
  assert.equal(code, 0);
  assert.ok(!data.includes("a-long-secret-token"));
  const lines = JSON.parse(data) as { key: string; value: unknown; source: string }[];
  const find = (key: string) => lines.find((line) => line.key === key);
  assert.deepEqual(find("listen"), { key: "listen", value: "127.0.0.1:9000", source: "file" });
  assert.deepEqual(find("data"), { key: "data", value: "elsewhere", source: "flag" });
  assert.equal(find("metrics.token")?.value, "(hidden)");
  assert.equal(find("dev")?.source, "default");
  assert.match((await stairwell("config", "print", "--config", file)).data, /^listen = "127\.0\.0\.1:9000" # file$/m);
});

test("a configuration is checked without a start, and every fault is told", async (t) => {
  assert.deepEqual(await stairwell("config", "check"), {
    code: 0,
    data: "The configuration is valid.\n",
    messages: "",
  });
  const file = join(tempFolder(t), "stairwell.toml");
  writeFileSync(file, 'lisen = "127.0.0.1:9000"\n');
  const { code, data, messages } = await stairwell("config", "check", "--config", file, "--listen", "nowhere");
  assert.deepEqual([code, data], [2, ""]);
  assert.match(messages, /lisen is not a setting; did you mean listen\?/);
  assert.match(messages, /--listen/);
});

test("the data folder of a command is configured like the server's", async (t) => {
  const { folder } = onFolder(t);
  const file = join(tempFolder(t), "stairwell.toml");
  writeFileSync(file, `data = ${JSON.stringify(folder)}\n`);
  const made = await stairwell("tenant", "create", "acme", "--server-name", "acme.example", "--config", file);
  assert.equal(made.code, 0, made.messages);
  const listed = await stairwell("tenant", "list", "--data", folder, "--json");
  assert.equal((JSON.parse(listed.data) as unknown[]).length, 1);
});
