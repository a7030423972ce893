import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetNonces, type Nonce, takeNonce } from "../../src/peers/index.ts";
import { createTenant } from "../../src/tenants/index.ts";
import { openStore } from "../support/store.ts";

const MINUTE = 60_000;

test("FD2 a nonce is taken once by each tenant, server and key, and forgotten when its time is over: FIN-15, FIN-42", async (t) => {
  const { db } = await openStore(t);
  for (const slug of ["a", "b"]) {
    await db.write("deployment", (tx) => createTenant(tx, { slug, serverName: `${slug}.example` }));
  }
  const nonce: Nonce = { serverName: "peer.example", keyId: "key", nonce: "n".repeat(22) };
  const take = (given: Nonce, tenantNo = 1, until = 15 * MINUTE) =>
    db.write({ tenantNo }, (tx) => takeNonce(tx, tenantNo, given, until));
  const at = await Promise.all([take(nonce), take(nonce), take(nonce)]);
  assert.equal(at.filter(Boolean).length, 1);
  assert.equal(await take(nonce), false);
  assert.equal(await take({ ...nonce, serverName: "other.example" }), true);
  assert.equal(await take({ ...nonce, keyId: "other" }), true);
  assert.equal(await take(nonce, 2), true);
  assert.equal(await take({ ...nonce, nonce: "m".repeat(22) }, 1, 20 * MINUTE), true);
  const count = async () => (await db.get<{ n: number }>("SELECT count(*) AS n FROM peer_nonces"))!.n;
  assert.equal(await count(), 5);
  assert.equal(await forgetNonces(db, 15 * MINUTE - 1, 100), 0);
  assert.equal(await forgetNonces(db, 15 * MINUTE, 3), 3);
  assert.equal(await forgetNonces(db, 15 * MINUTE, 3), 1);
  assert.equal(await count(), 1);
  assert.equal(await take(nonce), true);
});
