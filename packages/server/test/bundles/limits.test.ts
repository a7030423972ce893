import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { BUNDLE_LIMITS, type BundleLimits, LEAST_EXPANSION } from "@stairwell/protocol/bundle";
import { type Answer, assertOk, TestServer } from "@stairwell/testing";
import { importing } from "./importing.ts";
import { goodBundle, goodEntries } from "./workshop/good.ts";
import { makeManifest } from "./workshop/manifest-maker.ts";
import { snapshotOf } from "./workshop/snapshot.ts";
import { makeZip } from "./workshop/zip-maker.ts";

/** What becomes of a bundle where one limit is so, the others as usual; what is refused must leave nothing. */
async function imported(
  t: TestContext,
  bytes: Buffer<ArrayBuffer>,
  limits: Partial<BundleLimits>,
): Promise<Pick<Answer, "status" | "error">> {
  const server = await TestServer.start(t, { bundles: { ...BUNDLE_LIMITS, ...limits } });
  const [alice] = await server.people("alice");
  const before = await snapshotOf(server);
  const { status, error } = await importing(alice, bytes);
  if (status === 201) return { status, error };
  assert.deepEqual(await snapshotOf(server), before);
  // A dry run is refused for the same.
  assert.equal((await importing(alice, bytes, { dry_run: "true" })).error.code, error.code);
  return { status, error };
}

/** Says the same so often that it unpacks to more than the least that may be configured, and less than what usually is. */
function dense(): Buffer<ArrayBuffer> {
  const content = { body: "a".repeat(65_000) };
  const manifest = makeManifest(Array.from({ length: 40 }, () => ({ type: "swp.room.message", content })));
  const text = JSON.stringify(manifest);
  const bytes = makeZip([{ name: "manifest.json", content: Buffer.from(text), deflated: true }]);
  const ratio = text.length / bytes.length;
  assert(ratio > LEAST_EXPANSION + 5 && ratio < BUNDLE_LIMITS.expansion, `it unpacks ${ratio}:1`);
  return bytes;
}

const manifestSize = goodEntries()[0]!.content.length;
const { people, media } = JSON.parse(goodEntries()[0]!.content.toString()) as Record<"people" | "media", object[]>;
const listSize = [...people, ...media].reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
const CASES: readonly {
  what: string;
  bytes: () => Buffer<ArrayBuffer>;
  enough: Partial<BundleLimits>;
  tooFew: Partial<BundleLimits>;
}[] = [
  {
    what: "bytes of the file",
    bytes: goodBundle,
    enough: { bytes: goodBundle().length },
    tooFew: { bytes: goodBundle().length - 1 },
  },
  { what: "entries", bytes: goodBundle, enough: { entries: 2 }, tooFew: { entries: 1 } },
  {
    what: "bytes of the manifest",
    bytes: goodBundle,
    enough: { manifestBytes: manifestSize },
    tooFew: { manifestBytes: manifestSize - 1 },
  },
  {
    what: "bytes of people and media",
    bytes: goodBundle,
    enough: { listBytes: listSize },
    tooFew: { listBytes: listSize - 1 },
  },
  {
    what: "bytes for each of the file",
    bytes: dense,
    enough: { expansion: BUNDLE_LIMITS.expansion },
    tooFew: { expansion: LEAST_EXPANSION },
  },
];

for (const { what, bytes, enough, tooFew } of CASES) {
  test(`BU16 the most ${what} is taken as it is configured, and not one more`, async (t) => {
    assert.equal((await imported(t, bytes(), enough)).status, 201);
    const { status, error } = await imported(t, bytes(), tooFew);
    assert.deepEqual([status, error.code], [413, "SW_BUNDLE_TOO_LARGE"]);
  });
}

test("BU16 a tenant that is full is told so before a bundle is found too large", async (t) => {
  const server = await TestServer.start(t, { bundles: { ...BUNDLE_LIMITS, bytes: 10 } });
  const [alice] = await server.people("alice");
  assert.equal((await importing(alice, goodBundle())).error.code, "SW_BUNDLE_TOO_LARGE");
  await server.setLimits({ max_storage_bytes: 0 });
  assert.equal((await importing(alice, goodBundle())).error.code, "SW_TENANT_CAPACITY");
  await server.setLimits({ max_storage_bytes: null });
  assert.equal(assertOk(await alice.get("/v1/me")).status, 200);
});
