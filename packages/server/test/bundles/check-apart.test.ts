import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { BUNDLE_LIMITS, BundleFault, type BundleLimits } from "@stairwell/protocol/bundle";
import { StairwellError } from "@stairwell/protocol";
import { assertOk, assertRefused } from "@stairwell/testing";
import { Staging } from "../../src/blobs/index.ts";
import { checkApart } from "../../src/bundles/check-apart.ts";
import { checkBundle, type Found, type ToCheck } from "../../src/bundles/check-bundle.ts";
import type { KnownKey } from "../../src/bundles/signature.ts";
import { stagedBatches } from "../../src/bundles/staged-events.ts";
import { findTenantBySlug, listKeys } from "../../src/tenants/index.ts";
import { files } from "../media/kit.ts";
import { startVerified } from "../members/room-under-test.ts";
import { tempFolder } from "../support/store.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";
import { goodBundle, goodEntries, MEDIUM } from "./workshop/good.ts";
import { makeManifest, sampleEvents, sha256 } from "./workshop/manifest-maker.ts";
import { snapshotOf } from "./workshop/snapshot.ts";
import { makeZip } from "./workshop/zip-maker.ts";

/** Larger than what is checked where it is. */
const LARGE = Buffer.from(randomBytes(600_000).toString("hex"));

const noKey = async () => undefined;

/** A bundle that is large by its one medium, whose manifest may be made otherwise. */
function largeBundle(spoil: (text: string) => string = (text) => text): Buffer<ArrayBuffer> {
  const text = JSON.stringify(makeManifest(sampleEvents(LARGE), [LARGE]));
  return makeZip([
    { name: "manifest.json", content: Buffer.from(spoil(text)), deflated: true },
    { name: `media/${sha256(LARGE)}`, content: LARGE },
  ]);
}

async function toCheck(t: TestContext, bytes: Buffer, limits: Partial<BundleLimits> = {}): Promise<ToCheck> {
  const staging = await Staging.open(tempFolder(t));
  const path = join(staging.folder, "room.zip");
  await writeFile(path, bytes);
  return {
    path,
    size: bytes.length,
    limits: { ...BUNDLE_LIMITS, ...limits },
    now: 1,
    storage: null,
    folder: (await staging.within()).folder,
  };
}

/** What was found, in a form that does not depend on what is random in each import. */
async function plain(given: ToCheck, { bundle, authors, sides, events }: Found) {
  const types: string[] = [];
  for await (const drafts of stagedBatches(events!)) types.push(...drafts.map(({ type }) => type));
  const media = await Promise.all(
    (await readdir(given.folder!))
      .filter((name) => !events!.path.endsWith(name))
      .map(async (name) => [name, sha256(await readFile(join(given.folder!, name)))]),
  );
  return { bundle, authors, sides, types, media };
}

test("BU15 a bundle is found the same in a process of its own, its events and media put aside", async (t) => {
  const bytes = goodBundle();
  const [here, there] = [await toCheck(t, bytes), await toCheck(t, bytes)];
  const found = await plain(here, await checkBundle(here, noKey));
  assert.equal(found.types.length, found.bundle.counts.events);
  assert.deepEqual(found.media, [[sha256(MEDIUM), sha256(MEDIUM)]]);
  const given: number[][] = [];
  assert.deepEqual(await plain(there, await checkApart(there, noKey, (...at) => given.push(at))), found);
  // BU20: how far it is comes over, the first word at once.
  const size = goodEntries().reduce((sum, { content }) => sum + content.length, 0);
  assert.ok(given.length > 0);
  for (const [at, of] of given) assert.deepEqual([at! > 0 && at! <= size, of], [true, size]);
});

for (const [what, bytes, limits] of [
  ["a manifest that is wrong", () => goodBundle((manifest) => void (manifest.events[1].hash = "0".repeat(64))), {}],
  ["an entry that is wrong", () => makeZip([goodEntries()[0]!]), {}],
  ["what is larger than is taken", goodBundle, { manifestBytes: 100 }],
  ["an incognito room", () => goodBundle((manifest) => void (manifest.room.room_type = "incognito")), {}],
] as const) {
  test(`BU15 ${what} is refused in the same words by a process of its own`, async (t) => {
    const given = await toCheck(t, bytes(), limits);
    const fault = await faultOf(checkBundle(given, noKey));
    assert(fault instanceof BundleFault || fault instanceof StairwellError);
    const apart = await faultOf(checkApart({ ...given, folder: undefined }, noKey));
    assert.equal(apart.constructor, fault.constructor);
    assert.deepEqual({ ...apart, message: apart.message }, { ...fault, message: fault.message });
  });
}

test("BU15 a process of its own asks for the key of a bundle that is signed, and refuses it by what that says", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const { bytes, manifest } = await exported(t, alice, await alice.roomWith([]));
  const given = { ...(await toCheck(t, bytes)), folder: undefined };
  const standing = async (knownKey: KnownKey) => (await checkApart(given, knownKey)).bundle.signature;
  const asked: string[][] = [];
  await standing(async (...words) => void asked.push(words));
  assert.deepEqual(asked, [[manifest.server_name, manifest.signature.key_id]]);
  const { tenantNo } = (await findTenantBySlug(server.db, "dev"))!;
  const key = (await listKeys(server.db, tenantNo))[0]!.publicKey;
  assert.deepEqual([await standing(async () => key), await standing(noKey)], ["verified", "unverified"]);
  const other = Buffer.alloc(32, 1).toString("base64");
  const fault = await faultOf(checkApart(given, async () => other));
  assert(fault instanceof BundleFault && fault.pointer === "/signature", String(fault));
  await assert.rejects(
    checkApart(given, async () => {
      throw new Error("the store is away");
    }),
    /the store is away/,
  );
});

test("BU14 what the system says of its file comes over from it", async (t) => {
  const given = await toCheck(t, goodBundle());
  await assert.rejects(checkApart({ ...given, path: `${given.path}-gone` }, noKey), /ENOENT/);
});

test("BU10 a large bundle becomes a room, and BU14 one that is wrong leaves nothing", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const made = assertOk(await importing(alice, largeBundle()));
  assert.equal(made.status, 201);
  const { media } = await exported(t, alice, made.data.id);
  assert.deepEqual([...media.values()].map(sha256), [sha256(LARGE)]);
  assert.deepEqual((await files(server)).staged, []);
  const before = await snapshotOf(server);
  const wrong = largeBundle((text) => text.replace(/"head_hash":"[0-9a-f]{64}"/, `"head_hash":"${"0".repeat(64)}"`));
  const refused = await importing(alice, wrong);
  assertRefused(refused, 422, "SW_BUNDLE_INVALID");
  assert.equal((refused.error.details as { entry: string }).entry, "manifest.json");
  assertRefused(await importing(alice, wrong, { dry_run: "true" }), 422, "SW_BUNDLE_INVALID");
  assert.equal(assertOk(await importing(alice, largeBundle(), { dry_run: "true" })).status, 200);
  assert.deepEqual(await snapshotOf(server), before);
});

async function faultOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => assert.fail("nothing was wrong"),
    (error: Error) => error,
  );
}

for (const check of [checkBundle, checkApart]) {
  test(`BU16 ${check.name} finds that a tenant has no room for media before any of them is unpacked`, async (t) => {
    const given = await toCheck(t, largeBundle());
    const most = LARGE.length + 9;
    await assert.rejects(check({ ...given, storage: { used: 10, most } }, noKey), (error: StairwellError) => {
      assert.deepEqual([error.code, error.info.details], ["SW_TENANT_CAPACITY", { max_storage_bytes: most }]);
      return true;
    });
    assert(!(await readdir(given.folder!)).includes(sha256(LARGE)));
    const found = await check({ ...given, storage: { used: 9, most } }, noKey);
    assert.equal(found.bundle.counts.media_bytes, LARGE.length);
  });
}
