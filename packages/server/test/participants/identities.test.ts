import assert from "node:assert/strict";
import { test } from "node:test";
import { createParticipant, Identities } from "../../src/participants/index.ts";
import { makePersonalWorkspace } from "../../src/workspaces/index.ts";
import { makePerson, makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

test("somebody found once is known by number, id and FQID without a promise", async (t) => {
  const { db } = await openStore(t);
  const { tenantNo } = await makeTenant(db, "acme");
  const alice = await makePerson(db, (await makeTenant(db, "other"))!, "alice");
  const identities = new Identities();
  assert.equal(await identities.byFqid(db, tenantNo, alice.fqid), undefined);
  const found = await identities.byFqid(db, tenantNo + 1, alice.fqid);
  assert.equal(found?.participantId, alice.participantId);
  assert.equal(identities.byNo(db, tenantNo + 1, alice.participantNo), found);
  assert.equal(identities.byId(db, tenantNo + 1, alice.participantId), found);
  assert.equal(identities.byFqid(db, tenantNo + 1, alice.fqid), found);
});

test("an id that a caller names cannot be mistaken for a number or an FQID", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  const alice = await makePerson(db, acme, "alice");
  const identities = new Identities();
  await identities.byNo(db, acme.tenantNo, alice.participantNo);
  assert.equal(await identities.byId(db, acme.tenantNo, String(alice.participantNo)), undefined);
  assert.equal(await identities.byId(db, acme.tenantNo, alice.fqid), undefined);
});

test("somebody whose making was undone is not remembered", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  const identities = new Identities();
  const undone = db.write("deployment", async (tx) => {
    await createParticipant(tx, makePersonalWorkspace, acme, { localId: "ghost", participantType: "human" });
    assert.equal((await identities.byFqid(tx, acme.tenantNo, "@ghost:acme.example"))?.participantNo, 1);
    throw new Error("undone");
  });
  await assert.rejects(undone, /undone/);
  assert.equal(await identities.byFqid(db, acme.tenantNo, "@ghost:acme.example"), undefined);
  const alice = await makePerson(db, acme, "alice");
  assert.equal((await identities.byNo(db, acme.tenantNo, alice.participantNo))?.localId, "alice");
});

test("somebody read inside a command is remembered after its commit", async (t) => {
  const { db } = await openStore(t);
  const acme = await makeTenant(db, "acme");
  const alice = await makePerson(db, acme, "alice");
  const identities = new Identities();
  await db.write("deployment", async (tx) => void (await identities.byNo(tx, acme.tenantNo, alice.participantNo)));
  assert.ok(!(identities.byNo(db, acme.tenantNo, alice.participantNo) instanceof Promise));
});
