import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { findPeer, pinKeys } from "../../src/peers/index.ts";
import { World } from "../federation/world.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";
import { makeZip } from "./workshop/zip-maker.ts";

test("BU18 a bundle of another server is verified by its pinned key, BU15 and refused where it is not what that signed", async (t) => {
  const world = new World(t);
  const [a, b] = [await world.start("a"), await world.start("b")];
  const [ann, bob] = [a.server.person("ann", "a"), b.server.person("ann", "b")];
  const room = await ann.roomWith([], { name: "Far" });
  assertOk(await ann.post(`/v1/rooms/${room}/send`, { content: { body: "said there" } }));
  const bundle = await exported(t, ann, room);
  const standing = async (bytes = bundle.bytes): Promise<string> => {
    const { meta } = assertOk(await importing(bob, bytes, { dry_run: "true" }));
    return (meta as { report: { signature: string } }).report.signature;
  };
  const forged = makeZip([
    {
      name: "manifest.json",
      content: Buffer.from(bundle.text.replace('"name":"Far"', '"name":"Near"')),
      deflated: true,
    },
  ]);
  assert.equal(await standing(), "unverified", "b has never heard of a");
  assert.equal(await standing(forged), "unverified");

  await b.askProfile(a.name, "ann");
  assert.equal(await standing(), "verified");
  const refused = await importing(bob, forged);
  assertRefused(refused, 422, "SW_BUNDLE_INVALID", "BU15");
  assert.equal((refused.error.details as { pointer: string }).pointer, "/signature");

  const { tenantNo } = b.tenant;
  const peer = (await findPeer(b.server.db, tenantNo, a.name))!;
  const revoked = peer.keys.map((key) => ({ ...key, revokedAt: Date.now() }));
  await b.server.db.write({ tenantNo }, (tx) =>
    pinKeys(tx, tenantNo, { serverName: a.name, keyId: revoked[0]!.keyId, keys: revoked } as never),
  );
  assert.equal(await standing(), "unverified", "what a revoked key signed may be anybody's");
});
