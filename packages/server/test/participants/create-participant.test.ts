import assert from "node:assert/strict";
import { test } from "node:test";
import { createParticipant, findByFqid, findById, getMany } from "../../src/participants/index.ts";
import { NO_LIMITS } from "../../src/tenants/index.ts";
import { makePersonalWorkspace } from "../../src/workspaces/index.ts";
import { makePerson, makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

test("a bot is made with its personal workspace", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  const bot = await makePerson(db, acme, "helper", { participantType: "bot", displayName: "Helper", autoJoin: true });
  assert.deepEqual(await findById(db, acme.tenantNo, bot.participantId), bot);
  assert.deepEqual(await findByFqid(db, acme.tenantNo, "@helper:acme.example"), bot);
  assert.equal(bot.autoJoin, true);
  const workspace = await db.get<{ personal_of: number; name: string }>("SELECT personal_of, name FROM workspaces");
  assert.deepEqual({ ...workspace }, { personal_of: bot.participantNo, name: "Helper" });
});

test("a local id is never used again, not even after a deactivation", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  await makePerson(db, acme, "alice");
  await db.write("deployment", (tx) => tx.run("UPDATE participants SET deactivated_at = 1"));
  const again = { localId: "alice", participantType: "human" as const };
  assert.deepEqual(await db.write("deployment", (tx) => createParticipant(tx, makePersonalWorkspace, acme, again)), {
    taken: true,
  });
});

test("one local id can be somebody in each tenant, and neither knows the other", async (t) => {
  const { db } = await openStore(t);
  const [acme, other] = [await makeTenant(db, "acme"), await makeTenant(db, "other")];
  const here = await makePerson(db, acme, "alice");
  const there = await makePerson(db, other, "alice");
  assert.notEqual(here.participantId, there.participantId);
  assert.equal(await findById(db, acme.tenantNo, there.participantId), undefined);
  assert.equal(await findByFqid(db, acme.tenantNo, there.fqid), undefined);
});

test("AU6 accounts stop at the tenant's limit, counting who is active", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme", { ...NO_LIMITS, max_accounts: 2 });
  await makePerson(db, acme, "alice");
  await makePerson(db, acme, "bob");
  await assert.rejects(makePerson(db, acme, "carol"), { code: "SW_TENANT_CAPACITY" });
  await db.write("deployment", (tx) => tx.run("UPDATE participants SET deactivated_at = 1 WHERE local_id = 'bob'"));
  await makePerson(db, acme, "carol");
});

test("AU6 two seats and 32 makings at once give two accounts", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme", { ...NO_LIMITS, max_accounts: 2 });
  const outcomes = await Promise.allSettled(Array.from({ length: 32 }, (_, i) => makePerson(db, acme, `p${i}`)));
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 2);
});

test("what a participant cannot be is refused", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  for (const wanted of [
    { localId: "Alice" },
    { localId: "" },
    { localId: "_alice" },
    { localId: "a".repeat(65) },
    { localId: "alice", displayName: "\u0007" },
    { localId: "alice", autoJoin: true },
    { localId: "alice", participantType: "bot" as const, admin: true },
  ]) {
    await assert.rejects(
      makePerson(db, acme, wanted.localId, wanted),
      { code: "SW_REQUEST_INVALID" },
      JSON.stringify(wanted),
    );
  }
});

test("many are read in one go, unknown numbers left out", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  const people = [];
  for (const name of ["a", "b", "c", "d", "e"]) people.push(await makePerson(db, acme, name));
  const numbers = people.map(({ participantNo }) => participantNo);
  assert.deepEqual([...(await getMany(db, acme.tenantNo, [...numbers, 999])).values()], people);
  assert.equal((await getMany(db, acme.tenantNo, [])).size, 0);
  assert.equal((await getMany(db, acme.tenantNo, [numbers[1]!])).get(numbers[1]!)?.localId, "b");
});
