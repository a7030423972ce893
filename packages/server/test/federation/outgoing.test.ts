import assert from "node:assert/strict";
import { test } from "node:test";
import { fqidOf } from "@stairwell/protocol";
import {
  deleteOutgoing,
  dropInvites,
  insertOutgoing,
  insertProfile,
  listOutgoing,
} from "../../src/federation/rows/outgoing.store.ts";
import { createTenant } from "../../src/tenants/index.ts";
import { openStore } from "../support/store.ts";

const PEER = "peer.example";
const BOB = fqidOf("bob", "a.example");

test("FD15 FD16 what is answered after it was taken back is not the telling of what has come in its place", async (t) => {
  const { db } = await openStore(t);
  const scope = { tenantNo: 1 };
  await db.write("deployment", (tx) => createTenant(tx, { slug: "a", serverName: "a.example" }));
  const waiting = async () => (await listOutgoing(db, 1, PEER, 10))[0]!;

  await db.write(scope, (tx) => insertProfile(tx, 1, PEER, BOB));
  const underWay = await waiting();
  await db.write(scope, (tx) => insertProfile(tx, 1, PEER, BOB));
  await db.write(scope, (tx) => deleteOutgoing(tx, 1, PEER, underWay));
  const renamed = await waiting();
  assert.equal(renamed?.kind, "profile");
  await db.write(scope, (tx) => deleteOutgoing(tx, 1, PEER, renamed));
  assert.equal(await waiting(), undefined);

  const invite = (roomNo: number) =>
    db.write(scope, (tx) => insertOutgoing(tx, { tenantNo: 1, roomNo }, PEER, { kind: "invite", position: 3 }));
  await invite(1);
  const withdrawn = await waiting();
  await db.write(scope, (tx) => dropInvites(tx, { tenantNo: 1, roomNo: 1 }));
  await invite(2);
  await db.write(scope, (tx) => deleteOutgoing(tx, 1, PEER, withdrawn));
  const other = await waiting();
  assert.deepEqual([other?.kind, other?.roomNo], ["invite", 2]);
  await db.write(scope, (tx) => deleteOutgoing(tx, 1, PEER, other));
  assert.equal(await waiting(), undefined);
});
