import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { BundleFault } from "@stairwell/protocol/bundle";
import {
  type Answer,
  assertOk,
  freshSeed,
  mayBeRefused,
  meaninglessAt,
  type Person,
  Random,
  rounds,
  TestServer,
} from "@stairwell/testing";
import { verifyBundle } from "../../src/bundles/index.ts";
import { bundleFile } from "./exporting.ts";
import { importing } from "./importing.ts";
import { goodBundle } from "./workshop/good.ts";
import type { Hostile } from "./workshop/hostile.ts";
import { wrongEntries } from "./workshop/hostile-entries.ts";
import { bombs, wrongFiles } from "./workshop/hostile-files.ts";
import { wrongManifests } from "./workshop/hostile-manifests.ts";
import { snapshotOf } from "./workshop/snapshot.ts";

async function start(t: TestContext): Promise<{ server: TestServer; alice: Person }> {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  // What a first import makes once, as folders, is no trace of a later one.
  assertOk(await importing(alice, goodBundle()));
  return { server, alice };
}

const STATUS = { SW_BUNDLE_INVALID: 422, SW_BUNDLE_TOO_LARGE: 413, SW_ROOM_IMPORT_REFUSED: 400 } as const;

function assertRefusedAs(
  { what, entry, reason, code = "SW_BUNDLE_INVALID" }: Hostile,
  { status, error }: Answer,
): void {
  assert.deepEqual([error?.code, status], [code, STATUS[code]], `${what}: ${JSON.stringify(error)}`);
  if (code === "SW_ROOM_IMPORT_REFUSED") return;
  const details = error.details as { entry: string; reason: string };
  assert.match(details.reason, reason, what);
  if (typeof entry === "string") assert.equal(details.entry, entry, what);
}

async function refuseAll(t: TestContext, cases: readonly Hostile[]): Promise<void> {
  const { server, alice } = await start(t);
  const before = await snapshotOf(server);
  for (const hostile of cases) assertRefusedAs(hostile, await importing(alice, hostile.bytes()));
  assert.deepEqual(await snapshotOf(server), before);
  assert.equal(assertOk(await importing(alice, goodBundle())).status, 201);
}

test("BU15 a file that is no ZIP, or has more about it than a bundle, is refused and leaves nothing", (t) =>
  refuseAll(t, wrongFiles));

test("BU15 an entry whose headers, name, kind or content are not right is refused by its name and leaves nothing", (t) =>
  refuseAll(t, wrongEntries));

test("BU15 a manifest of a wrong shape, order, hash or count is refused with its reason and leaves nothing", (t) =>
  refuseAll(t, wrongManifests));

test("BU16 what unpacks to much more than it is gets refused by what really comes of it, in little memory", async (t) => {
  const made = bombs.map((hostile) => ({ hostile, bytes: hostile.bytes() }));
  const { server, alice } = await start(t);
  const before = await snapshotOf(server);
  const base = process.memoryUsage().rss;
  let most = base;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
  t.after(() => clearInterval(watch));
  for (const { hostile, bytes } of made) assertRefusedAs(hostile, await importing(alice, bytes));
  assert(most - base < 64 * 2 ** 20, `memory grew by ${Math.round((most - base) / 2 ** 20)} MiB`);
  assert.deepEqual(await snapshotOf(server), before);
});

test("BU15 a bundle that is cut off anywhere is refused and leaves nothing", async (t) => {
  const { server, alice } = await start(t);
  const whole = goodBundle();
  const before = await snapshotOf(server);
  const cuts = Math.min(rounds(2000), whole.length);
  for (let i = 0; i < cuts; i++) {
    const length = Math.floor((i * whole.length) / cuts);
    const { status, error } = await importing(alice, whole.subarray(0, length));
    assert.deepEqual([status, error?.code], [422, "SW_BUNDLE_INVALID"], `cut at ${length}`);
  }
  assert.deepEqual(await snapshotOf(server), before);
});

test("BU15 a bundle with a flipped bit is refused, or is the same room where the bit means nothing", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const { server, alice } = await start(t);
  const whole = goodBundle();
  const right = assertOk(await importing(alice, whole, { dry_run: "true" })).meta;
  const before = await snapshotOf(server);
  for (let i = 0; i < rounds(5000); i++) {
    const [at, bit] = [random.int(0, whole.length - 1), random.int(0, 7)];
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << bit;
    const answer = await importing(alice, flipped, { dry_run: "true" });
    const place = `byte ${at}, bit ${bit}, seed ${seed}`;
    if (answer.status === 200) {
      assert.notEqual(meaninglessAt(whole, at, bit), undefined, `${place} was taken`);
      assert.deepEqual(answer.meta, right, place);
    } else
      assert([400, 413, 422].includes(answer.status), `${place}: ${answer.status} ${JSON.stringify(answer.error)}`);
  }
  assert.deepEqual(await snapshotOf(server), before);
});

/** What an importer reads of a bundle, in a form that can be compared. */
const saidBy = ({ media, ...rest }: Awaited<ReturnType<typeof verifyBundle>>) => ({ ...rest, media: [...media] });

test("BU15 of each single bit of a bundle it is known whether it means anything: all those are refused, all others change nothing", async (t) => {
  const whole = goodBundle();
  const path = bundleFile(t, whole);
  const right = saidBy(await verifyBundle(path));
  const bits = whole.length * 8;
  // All of them in long mode, otherwise so many with even distances, from another one on each time.
  const step = Math.ceil(bits / rounds(bits));
  const first = new Random(freshSeed()).int(0, step - 1);
  const meaningless = new Map<string, number>();
  for (let place = first; place < bits; place += step) {
    const [at, bit] = [place >> 3, place & 7];
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1 << bit;
    writeFileSync(path, flipped);
    const found = await verifyBundle(path).then(saidBy, (error: unknown) => error);
    const why = meaninglessAt(whole, at, bit);
    if (found instanceof Error) {
      assert(found instanceof BundleFault, `byte ${at}, bit ${bit}: ${found.stack}`);
      assert(why === undefined || mayBeRefused(why), `byte ${at}, bit ${bit} is refused, though it is ${why}`);
    } else {
      assert.notEqual(why, undefined, `byte ${at}, bit ${bit} was taken`);
      assert.deepEqual(found, right, `byte ${at}, bit ${bit}`);
      meaningless.set(why!, (meaningless.get(why!) ?? 0) + 1);
    }
  }
  t.diagnostic(`${bits / step} bits; taken: ${JSON.stringify(Object.fromEntries(meaningless))}`);
});
