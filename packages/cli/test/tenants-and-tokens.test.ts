import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { onFolder } from "./command-line.ts";

const createAcme = ["tenant", "create", "acme", "--server-name", "acme.example"];

interface Token {
  token: string;
  local_id: string;
  scopes: string[];
}

test("a tenant is made, listed, suspended and let in again", async (t) => {
  const { stairwell } = onFolder(t);
  const made = await stairwell(...createAcme, "--name", "Acme Inc.", "--json");
  assert.deepEqual([made.code, made.messages], [0, ""]);
  const tenant = JSON.parse(made.data) as Record<string, unknown>;
  assert.deepEqual([tenant["slug"], tenant["name"], tenant["server_name"]], ["acme", "Acme Inc.", "acme.example"]);
  await stairwell("tenant", "create", "--slug", "bench", "--server-name", "bench.localhost", "--no-limits");
  assert.equal((await stairwell("tenant", "suspend", "acme")).code, 0);
  assert.equal(
    (await stairwell("tenant", "list")).data,
    "TENANT  SERVER NAME      STATE      NAME\n" +
      "acme    acme.example     suspended  Acme Inc.\n" +
      "bench   bench.localhost  active     bench\n",
  );
  await stairwell("tenant", "unsuspend", "acme");
  const listed = JSON.parse((await stairwell("tenant", "list", "--json")).data) as {
    suspended: boolean;
    limits: object;
  }[];
  assert.deepEqual(
    listed.map(({ suspended }) => suspended),
    [false, false],
  );
  assert.deepEqual(new Set(Object.values(listed[1]!.limits)), new Set([null]));
});

test("refusals have the exit codes of their kind and write no data", async (t) => {
  const { folder, stairwell } = onFolder(t);
  const ended = async (...args: string[]) => {
    const { code, data, messages } = await stairwell(...args);
    assert.equal(data, "");
    assert.match(messages, /^error: ./);
    return code;
  };
  assert.equal(await ended("tenant", "list"), 4);
  assert.equal(await ended("verify"), 4);
  assert.equal(existsSync(folder), false);
  await stairwell(...createAcme);
  assert.equal(await ended(...createAcme), 5);
  assert.equal(await ended("tenant", "create", "Acme", "--server-name", "b.example"), 2);
  assert.equal(await ended("tenant", "suspend", "nobody"), 4);
  assert.equal(await ended("role", "grant", "admin", "nobody", "--tenant", "acme"), 4);
  assert.equal(await ended("token", "create", "--tenant", "nobody", "--as", "alice"), 4);
  assert.equal(await ended("token", "create", "--tenant", "acme", "--as", "alice", "--expires", "tomorrow"), 2);
});

test("a token is the only thing on stdout", async (t) => {
  const { stairwell } = onFolder(t);
  await stairwell(...createAcme);
  const { code, data, messages } = await stairwell("token", "create", "--tenant", "acme", "--as", "alice");
  assert.equal(code, 0);
  assert.match(data, /^swt_[\w-]{32}\n$/);
  assert.match(messages, /@alice:acme\.example was not there and was made/);
  assert.ok(!messages.includes(data.trim()));
});

test("a token as JSON says whose it is and what it may", async (t) => {
  const { stairwell } = onFolder(t);
  await stairwell(...createAcme);
  const { data } = await stairwell(
    "token",
    "create",
    "--tenant",
    "acme",
    "--as",
    "alice",
    "--admin",
    "--name",
    "mine",
    "--expires",
    "2999-01-01T00:00:00Z",
    "--json",
  );
  const { id, token, participant_id, created_at, ...rest } = JSON.parse(data) as Record<string, unknown>;
  for (const text of [id, token, participant_id, created_at]) assert.equal(typeof text, "string");
  assert.deepEqual(rest, {
    name: "mine",
    scopes: ["read", "write", "admin"],
    expires_at: "2999-01-01T00:00:00.000Z",
    fqid: "@alice:acme.example",
    local_id: "alice",
    participant_made: true,
  });
});

test("many tokens come as a list, in order", async (t) => {
  const { stairwell } = onFolder(t);
  await stairwell(...createAcme);
  const many = ["token", "create", "--tenant", "acme", "--as-many", "p:3"];
  const tokens = JSON.parse((await stairwell(...many, "--json")).data) as Token[];
  assert.deepEqual(
    tokens.map(({ local_id }) => local_id),
    ["p1", "p2", "p3"],
  );
  assert.equal(new Set(tokens.map(({ token }) => token)).size, 3);
  assert.match((await stairwell(...many)).data, /^(@p\d:acme\.example\tswt_[\w-]{32}\n){3}$/);
});

test("a bot is made, and a person is given and loses the role admin", async (t) => {
  const { stairwell } = onFolder(t);
  await stairwell(...createAcme);
  const json = async (...args: string[]) =>
    JSON.parse((await stairwell(...args, "--json")).data) as Record<string, unknown>;
  const bot = await json(
    "participant",
    "create",
    "helper",
    "--tenant",
    "acme",
    "--type",
    "bot",
    "--display-name",
    "Helper",
    "--auto-join",
  );
  assert.deepEqual([bot["participant_type"], bot["display_name"], bot["auto_join"]], ["bot", "Helper", true]);
  await stairwell("participant", "create", "alice", "--tenant", "acme");
  assert.deepEqual((await json("role", "grant", "admin", "alice", "--tenant", "acme"))["roles"], ["admin"]);
  assert.deepEqual((await json("role", "revoke", "admin", "alice", "--tenant", "acme"))["roles"], []);
  assert.equal((await stairwell("role", "grant", "admin", "helper", "--tenant", "acme")).code, 2);
});

test("verify tells that a new store is well", async (t) => {
  const { stairwell } = onFolder(t);
  await stairwell(...createAcme);
  assert.deepEqual(await stairwell("verify"), { code: 0, data: "0 rooms, 0 events: all is well\n", messages: "" });
  const report = JSON.parse((await stairwell("verify", "--json")).data) as { ok: boolean; findings: unknown[] };
  assert.deepEqual([report.ok, report.findings], [true, []]);
});
