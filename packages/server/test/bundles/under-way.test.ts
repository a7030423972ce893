import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { assertOk, assertRefused, ENGINE, TestClock, TestServer } from "@stairwell/testing";
import { files, send, sha256, uploaded } from "../media/kit.ts";
import { startVerified } from "../members/room-under-test.ts";
import { assertSigned, exported, readBundle, refusedExport, startExport } from "./exporting.ts";
import { largeRoom, SlowReader, token } from "./large-room.ts";
import { until } from "../nodes/until.ts";

test("BU1 an export with writers running is one prefix of the log", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const room = await alice.roomWith([bob]);
  let isDone = false;
  const writers = [alice, bob].flatMap((who) =>
    Array.from({ length: 4 }, async () => {
      for (let i = 0; !isDone; i++) await who.say(room, `message ${i}`);
    }),
  );
  for (let i = 0; i < 5; i++) {
    const { manifest, headers } = await exported(t, bob, room);
    assert.equal(Number(headers.get("x-stairwell-events")), manifest.room.head);
    assert.equal(manifest.events.length, manifest.room.head);
  }
  isDone = true;
  await Promise.all(writers);
  const last = await exported(t, bob, room);
  const history = await alice.history(room);
  assert.deepEqual(
    last.manifest.events.map(({ hash }) => hash),
    history.map(({ hash }) => hash),
  );
});

test("BU5 a slow reader holds no snapshot; BU1 what was redacted meanwhile is wiped, what was sent later is not there", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await largeRoom(server, alice, [bob]);
  const secret = await alice.say(room, "a secret word");
  const readers = await Promise.all([
    SlowReader.start(server.url, bob.credential, room),
    SlowReader.start(server.url, bob.credential, room),
  ]);
  assert.deepEqual(
    readers.map(({ status }) => status),
    [200, 200],
  );
  assertOk(await alice.post(`/v1/rooms/${room}/events/${secret.id}/redact`));
  await alice.say(room, "said later");
  assert.equal(await countOldReaders(server), 0);
  const [bytes] = await Promise.all(readers.map((reader) => reader.rest()));
  const got = await readBundle(t, bytes!);
  await assertSigned(server, { ...got, headers: new Headers() });
  assert.doesNotMatch(got.text, /secret word|said later/);
  assert.equal(got.manifest.room.head, secret.stream_position);
  assert.deepEqual(got.manifest.omitted, [{ what: "content", reason: "redacted", count: 1 }]);
  assert.deepEqual((await files(server)).staged, []);
});

test("BU6 two exports at a time a participant, eight a tenant; a place is free again when an export ends or its reader goes", async (t) => {
  const server = await startVerified(t);
  const people = await server.people("alice", "bob", "carol", "dave", "erin");
  const [alice, bob] = people;
  const room = await largeRoom(server, alice, people.slice(1));
  const start = (who: typeof alice) => SlowReader.start(server.url, who.credential, room);
  const readers = [await start(alice), await start(alice)];
  const refused = await refusedExport(alice, room);
  assertRefused(refused, 429, "SW_RATE_LIMIT_EXCEEDED");
  assert.equal(Number(refused.headers.get("retry-after")) > 0, true);
  // The 429 comes before anything is said of the room (AP1).
  assertRefused(await refusedExport(alice, "room-unknown"), 429, "SW_RATE_LIMIT_EXCEEDED");
  for (const who of people.slice(1, 4)) readers.push(await start(who), await start(who));
  assert.deepEqual(new Set(readers.map(({ status }) => status)), new Set([200]));
  assertRefused(await refusedExport(people[4], room), 429, "SW_RATE_LIMIT_EXCEEDED");
  const eve = await server.person("eve", "other").signIn();
  assert.equal((await startExport(eve, await eve.roomWith([]))).status, 200);
  readers[0]!.go();
  await untilAllowed(people[4], room);
  for (const reader of readers) reader.go();
  await untilAllowed(bob, room);
  // Refusals of other kinds hold no place.
  for (let i = 0; i < 10; i++) assertRefused(await refusedExport(alice, "room-unknown"), 404, "SW_ROOM_NOT_FOUND");
});

test("BU5 a reader who takes nothing is cut off after a minute, and the export is gone without a trace", async (t) => {
  const clock = new TestClock();
  const server = await startVerified(t, { clock });
  const [alice] = await server.people("alice");
  const room = await largeRoom(server, alice);
  const reader = await SlowReader.start(server.url, alice.credential, room);
  // In the first minute it had what the sockets hold.
  await ended(server, () => clock.advance(61_000));
  assert.equal(await reader.rest(), undefined);
});

test("AU3 an export ends when its credential is revoked", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const room = await largeRoom(server, alice);
  const { token: credential, revoke } = await token(alice);
  const reader = await SlowReader.start(server.url, credential, room);
  await revoke();
  await ended(server);
  assert.equal(await reader.rest(), undefined);
});

test("BU1 media are in a bundle once a content, whatever they are called; BU4 their sum is in a header", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const large = randomBytes(3_000_000);
  for (const [name, bytes] of [
    ["plan.bin", large],
    ["plan (2).bin", large],
    ["note.txt", Buffer.from("hello")],
  ] as const) {
    await send(alice, room, (await uploaded(alice, bytes, { name })).media_id);
  }
  const gone = await send(alice, room, (await uploaded(alice, "of no more use", { name: "old.txt" })).media_id);
  assertOk(await alice.post(`/v1/rooms/${room}/events/${gone.id}/redact`));
  const { manifest, media, headers, text } = await exported(t, bob, room);
  assert.deepEqual(
    manifest.media.map((medium) => [medium.sha256, medium.size, medium.names]),
    [
      [sha256(large), large.length, ["plan.bin", "plan (2).bin"]],
      [sha256("hello"), 5, ["note.txt"]],
    ],
  );
  assert.deepEqual(
    [...media.keys()],
    manifest.media.map((medium) => `media/${medium.sha256}`),
  );
  assert.equal(sha256(media.get(`media/${sha256(large)}`)!), sha256(large));
  assert.equal(headers.get("x-stairwell-media-bytes"), String(large.length + 5));
  assert.deepEqual([manifest.counts.media, manifest.counts.media_bytes], [2, large.length + 5]);
  assert(!text.includes("old.txt") && !text.includes("med-"));
});

for (const [damage, break_] of Object.entries({
  "is gone": (path: string) => rm(path),
  "has another bit": async (path: string) => {
    const bytes = await readFile(path);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(path, bytes);
  },
  "is shorter": async (path: string) => writeFile(path, (await readFile(path)).subarray(1)),
})) {
  test(`BU4 a medium whose file ${damage} cuts the export off, and leaves no ZIP that anybody can read`, async (t) => {
    // Not held against its logs at the end: its files are broken on purpose.
    const server = await TestServer.start(t);
    const [alice] = await server.people("alice");
    const room = await alice.roomWith([]);
    await send(alice, room, (await uploaded(alice, randomBytes(200_000))).media_id);
    for (const path of (await files(server)).blobs) await break_(path);
    const response = await startExport(alice, room);
    const received: Uint8Array[] = [];
    await assert.rejects(async () => {
      for await (const part of response.body!) received.push(part as Uint8Array);
    });
    await assert.rejects(readBundle(t, Buffer.concat(received)), { name: "BundleFault" });
    assert.deepEqual((await files(server)).staged, []);
  });
}

/** How many read an older state of the store. */
async function countOldReaders(server: TestServer): Promise<number> {
  if (ENGINE === "postgres") {
    const row = await server.db.get<{ n: number }>(
      `SELECT count(*) AS n FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_xmin IS NOT NULL`,
    );
    return row!.n;
  }
  // A truncating checkpoint waits for them: it is busy as long as there is one.
  const store = new DatabaseSync(await storeIn(server.data));
  try {
    return (store.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number }).busy;
  } finally {
    store.close();
  }
}

async function storeIn(folder: string): Promise<string> {
  const [name] = (await readdir(folder)).filter((entry) => /\.(db|sqlite)$/.test(entry));
  return join(folder, name!);
}

/** Until no export has a file in the staging any more. */
async function ended(server: TestServer, meanwhile = () => {}): Promise<void> {
  await until(async () => {
    meanwhile();
    return (await files(server)).staged.length === 0;
  });
}

async function untilAllowed(who: Parameters<typeof startExport>[0], room: string): Promise<void> {
  await until(async () => {
    const controller = new AbortController();
    const { status } = await startExport(who, room, controller.signal);
    controller.abort();
    return status === 200;
  });
}
