import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../src/registry.ts";
import { stairwell } from "./command-line.ts";

test("help and version are data and no failure", async () => {
  const help = await stairwell("--help");
  assert.deepEqual([help.code, help.messages], [0, ""]);
  for (const { name, summary } of COMMANDS) assert.match(help.data, new RegExp(`^  ${name} +${summary}$`, "m"));
  assert.match(help.data, /Examples:\n {2}\$ stairwell serve --dev/);
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  assert.deepEqual(await stairwell("--version"), { code: 0, data: `${version}\n`, messages: "" });
});

test("every command has a help with an example, by --help and by help", async () => {
  for (const { name, load } of COMMANDS) {
    assert.equal(typeof (await load()).define, "function");
    const help = await stairwell(name, "--help");
    assert.equal(help.code, 0, name);
    assert.deepEqual(await stairwell("help", name), help, name);
    const subcommands = [...help.data.matchAll(/^ {2}(\w+) .*/gm)].map(([, word]) => word!);
    const leaves = help.data.includes("[command]") ? subcommands.filter((word) => word !== "help") : [];
    assert.ok(leaves.length > 0 || help.data.includes("Examples:"), name);
    for (const leaf of leaves) {
      const { code, data } = await stairwell(name, leaf, "--help");
      assert.equal(code, 0, `${name} ${leaf}`);
      assert.match(data, /Examples:\n {2}\$ stairwell/, `${name} ${leaf}`);
      assert.match(data, /--json/, `${name} ${leaf}`);
      assert.equal((await stairwell("help", name, leaf)).data, data);
    }
  }
});

test("what the command line does not take is a usage error, told on stderr", async () => {
  for (const args of [
    [],
    ["nonsense"],
    ["help", "nonsense"],
    ["tenant"],
    ["tenant", "nonsense"],
    ["tenant", "create"],
    ["tenant", "create", "acme"],
    ["tenant", "create", "--server-name", "acme.example"],
    ["tenant", "create", "acme", "--slug", "other", "--server-name", "acme.example"],
    ["tenant", "list", "--nonsense"],
    ["tenant", "suspend"],
    ["participant", "create", "x", "--tenant", "acme", "--type", "ghost"],
    ["role", "grant", "owner", "alice", "--tenant", "acme"],
    ["token", "create", "--tenant", "acme"],
    ["token", "create", "--tenant", "acme", "--as-many", "p"],
    ["token", "create", "--tenant", "acme", "--as-many", "p:0"],
    ["token", "create", "--tenant", "acme", "--as-many", "p:3", "--as", "alice"],
    ["token", "create", "--tenant", "acme", "--as-many", "p:3", "--admin"],
  ]) {
    const { code, data, messages } = await stairwell(...args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(data, "", args.join(" "));
    assert.notEqual(messages, "", args.join(" "));
  }
});

test("help loads no command: the files of commands are imported by the registry alone, when called", () => {
  const sources = join(import.meta.dirname, "../src");
  for (const file of readdirSync(sources).filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(join(sources, file), "utf8");
    assert.doesNotMatch(text, /^import [^;]*"\.\/commands\//m, file);
    assert.doesNotMatch(text, /^import (?!type)[^;]*"@stairwell\/server"/m, file);
  }
});
