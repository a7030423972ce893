import assert from "node:assert/strict";
import { test } from "node:test";
import { directory } from "@stairwell/protocol/api";
import type { Actor } from "../../src/auth/index.ts";
import { call } from "../support/call.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openPeople } from "./endpoints.ts";

type People = Awaited<ReturnType<typeof openPeople>>;

const list = ({ endpoints }: People, actor: Actor, query: Record<string, unknown> = {}) =>
  call(endpoints, directory.listParticipants, actor, { query });

async function walk(people: People, actor: Actor, query: Record<string, unknown>, between?: () => Promise<unknown>) {
  const names: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(people, actor, cursor ? { ...query, cursor } : query);
    names.push(...page.data.map((one) => one.local_id));
    assert.equal(page.meta.has_more, page.meta.next_cursor !== null);
    cursor = page.meta.next_cursor;
    await between?.();
  } while (cursor !== null);
  return names;
}

test("AP7 the directory lists everybody once, by display name, with the exact total", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice", { displayName: "Same" });
  for (const [id, displayName] of [
    ["bob", "Same"],
    ["carol", "Same"],
    ["dave", "Aaa"],
    ["erin", "Zzz"],
  ] as const) {
    await people.person(id, { displayName });
  }
  for (const limit of [1, 2, 3, 5, 50]) {
    assert.deepEqual(await walk(people, alice, { limit }), ["dave", "alice", "bob", "carol", "erin"]);
  }
  const page = await list(people, alice, { limit: 2 });
  assert.equal(page.meta.total, 5);
  assert.equal(page.meta.total_at_least, undefined);
});

test("AP7 people who come and go during a walk neither repeat nor hide the others", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice");
  for (const name of ["b", "c", "d", "e", "f"]) await people.person(name);
  let n = 0;
  const names = await walk(people, alice, { limit: 2 }, () => people.person(`a${n++}`));
  const stayed = names.filter((name) => ["alice", "b", "c", "d", "e", "f"].includes(name));
  assert.deepEqual(stayed, ["alice", "b", "c", "d", "e", "f"]);
});

test("the directory is searched in local ids and display names, without regard to case and accents", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice", { displayName: "Zoë Smith" });
  await people.person("bob.zoeller", { displayName: "Bob" });
  await people.person("carol", { displayName: "100%_\\o/" });
  assert.deepEqual(await walk(people, alice, { q: "ZOE" }), ["bob.zoeller", "alice"]);
  assert.deepEqual(await walk(people, alice, { q: "zoë s" }), ["alice"]);
  for (const q of ["%", "_", "\\", "0%_\\O"]) assert.deepEqual(await walk(people, alice, { q }), ["carol"], q);
  assert.deepEqual(await walk(people, alice, { q: "nobody" }), []);
  assert.equal((await list(people, alice, { q: "zoe" })).meta.total, 2);
});

test("the directory can be asked for one type, and leaves out who was deactivated", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice");
  await people.person("helper", { participantType: "bot" });
  await people.person("thinker", { participantType: "agent" });
  await people.person("gone");
  await people.db.write("deployment", (tx) =>
    tx.run("UPDATE participants SET deactivated_at = 1 WHERE local_id = 'gone'"),
  );
  assert.deepEqual(await walk(people, alice, {}), ["alice", "helper", "thinker"]);
  assert.deepEqual(await walk(people, alice, { type: "agent" }), ["thinker"]);
  assert.deepEqual(await walk(people, alice, { type: "federated" }), []);
});

test("AP7 a total beyond 1,000 is said to be at least that", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice");
  await people.db.write("deployment", (tx) =>
    tx.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO participants " +
        "SELECT tenant_no, i + 1, participant_id || i, fqid || i, local_id || i, server_name, participant_type, " +
        "display_name || i, search_text, NULL, roles, default_mode, NULL, NULL, 0, NULL, created_at, NULL, NULL FROM participants, n",
    ),
  );
  const { meta } = await list(people, alice, { limit: 1 });
  assert.equal(meta.total, 1000);
  assert.equal(meta.total_at_least, true);
});

test("AP7 a cursor of another caller, tenant, filter or list is refused", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice");
  const bob = await people.person("bob");
  await people.person("carol");
  const { meta } = await list(people, alice, { limit: 1 });
  const cursor = meta.next_cursor!;
  const other = await makeTenant(people.db, "other");
  const stranger = actorFor(other, await makePerson(people.db, other, "alice"));
  for (const [actor, query] of [
    [bob, { cursor }],
    [stranger, { cursor }],
    [alice, { cursor, q: "a" }],
    [alice, { cursor, type: "human" }],
    [alice, { cursor: `${cursor}x` }],
    [alice, { cursor: "AAAA" }],
  ] as const) {
    await assert.rejects(list(people, actor, query), { code: "SW_REQUEST_INVALID" }, JSON.stringify(query));
  }
});

test("AP3 the directory knows nobody of another tenant", async (t) => {
  const people = await openPeople(t);
  const alice = await people.person("alice");
  const other = await makeTenant(people.db, "other");
  await makePerson(people.db, other, "mallory");
  assert.deepEqual(await walk(people, alice, {}), ["alice"]);
});
