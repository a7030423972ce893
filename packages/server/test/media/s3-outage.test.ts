import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test, type TestContext } from "node:test";
import { blobStoreOf, type S3Options, verify } from "@stairwell/server/testing";
import { assertOk, assertRefused, ChildServer, type Fault, FaultProxy, S3Server, TestServer } from "@stairwell/testing";
import { sweepOrphans } from "../../src/media/index.ts";
import { download, files, png, send, upload, uploaded } from "./kit.ts";

const MEDIA = { maxBytes: 10_000_000, keepUnusedSeconds: 86_400 };

/** A server whose files are in a bucket behind a proxy that harms what goes through it, and what the server logs. */
async function started(t: TestContext) {
  const { proxy, s3 } = await bucket(t);
  const logged: { message: string; code: string }[] = [];
  const note = ({ err }: { err?: { message?: string } }, message: string): void =>
    void logged.push({ message, code: err?.message ?? "" });
  const log = { debug: () => {}, info: () => {}, warn: note, error: note };
  const server = await TestServer.start(t, { media: { ...MEDIA, s3 }, log });
  return { server, proxy, logged, whatIsLeft: () => files(server) };
}

async function bucket(t: TestContext): Promise<{ proxy: FaultProxy; s3: S3Options }> {
  const shared = await S3Server.shared();
  const proxy = await FaultProxy.start(t, shared.url);
  const pace = { silenceMs: 3000, patienceMs: 150, pauseMs: 10 };
  return { proxy, s3: { ...shared.options(proxy.url), pace } };
}

/** A download, told apart by whether it came to its end. */
async function ended(who: Parameters<typeof download>[0], path: string, headers = {}): Promise<string> {
  try {
    const { status, bytes } = await download(who, path, { headers });
    return `${status}, ${bytes.length} bytes`;
  } catch {
    return "cut";
  }
}

const OUTAGES: Record<string, Fault> = {
  "is down": "down",
  "is silent": "silent",
  "answers 500": { status: 500 },
  "answers 503": { status: 503 },
  "loses its answers": "answer lost",
};

for (const [what, fault] of Object.entries(OUTAGES)) {
  test(`while the bucket ${what} files are answered 503 and all else works; then they work again`, async (t) => {
    const { server, proxy, whatIsLeft } = await started(t);
    const [alice] = await server.people("alice");
    const room = await alice.roomWith([]);
    const before = await uploaded(alice, "before");
    const { blobs } = await whatIsLeft();
    proxy.fault = fault;
    const [refused, unread] = await Promise.all([
      upload(alice, await png(10, 10)),
      alice.get(`/v1/media/download/${before.media_id}`),
    ]);
    assertRefused(refused, 503, "SW_UNAVAILABLE");
    assert(Number(refused.headers.get("retry-after")) >= 1);
    assertRefused(unread, 503, "SW_UNAVAILABLE");
    await send(alice, room, before.media_id);
    assertOk(await alice.get(`/v1/media/${before.media_id}/info`));
    proxy.fault = undefined;
    assert.equal((await download(alice, `/v1/media/download/${before.media_id}`)).text, "before");
    assert.deepEqual(await server.db.all("SELECT bytes FROM storage"), [{ bytes: "before".length }]);
    const after = await uploaded(alice, "after");
    assert.equal((await download(alice, `/v1/media/download/${after.media_id}`)).text, "after");
    const left = await whatIsLeft();
    assert.deepEqual(left.staged, []);
    assert.equal(left.blobs.length, blobs.length + 1);
    assert.equal(await sweepOrphans(sweepOf(server), [1], Date.now() + 60_000), 0);
    assert.deepEqual((await verify(server.db, undefined, blobsOf(server))).findings, []);
  });
}

test("a picture of which only the thumbnail cannot be put leaves neither", async (t) => {
  const { server, proxy, whatIsLeft } = await started(t);
  const [alice] = await server.people("alice");
  let puts = 0;
  proxy.fault = ({ method }) => (method === "PUT" && puts++ > 0 ? { status: 503 } : undefined);
  assertRefused(await upload(alice, await png(10, 10)), 503, "SW_UNAVAILABLE");
  assert.deepEqual(await whatIsLeft(), { blobs: [], staged: [] });
});

test("VS4 a file that comes otherwise than it was uploaded is never answered whole, and that is logged", async (t) => {
  const { server, proxy, logged } = await started(t);
  const [alice] = await server.people("alice");
  const large = await uploaded(alice, randomBytes(1_000_000));
  const small = await uploaded(alice, "some bytes");
  const path = (medium: { media_id: string }): string => `/v1/media/download/${medium.media_id}`;
  proxy.fault = "spoilt";
  assert.equal(await ended(alice, path(large)), "cut");
  assert.equal(await ended(alice, path(large), { range: "bytes=0-" }), "cut");
  assertRefused(await alice.get(path(small)), 500, "SW_INTERNAL");
  const wrong = logged.filter(({ code }) => code.includes("is not what was uploaded"));
  assert.deepEqual(
    wrong.map(({ message }) => message),
    ["an answer was cut off in the middle", "an answer was cut off in the middle", "request failed"],
  );
  proxy.fault = undefined;
  assert.equal(await ended(alice, path(large)), "200, 1000000 bytes");
});

test("a file that the bucket cuts in the middle is cut for its reader, whole or in part, and the server lives", async (t) => {
  const { server, proxy, logged } = await started(t);
  const [alice] = await server.people("alice");
  const { media_id } = await uploaded(alice, randomBytes(1_000_000));
  const path = `/v1/media/download/${media_id}`;
  for (const fault of [{ cutAfter: 300_000 }, { stallAfter: 300_000 }]) {
    proxy.fault = fault;
    assert.equal(await ended(alice, path), "cut");
    assert.equal(await ended(alice, path, { range: "bytes=10-900000" }), "cut");
  }
  assert.equal(logged.filter(({ message }) => message === "an answer was cut off in the middle").length, 4);
  proxy.fault = undefined;
  assert.equal(await ended(alice, path), "200, 1000000 bytes");
  assert.equal(await ended(alice, path, { range: "bytes=10-900000" }), "206, 899991 bytes");
});

test("the right bytes of an incognito room's file come or none: what is sealed is proved in parts too", async (t) => {
  const { server, proxy } = await started(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([], { room_type: "incognito" });
  const { media_id } = await uploaded(alice, randomBytes(300_000), { room });
  const path = `/v1/media/download/${media_id}`;
  proxy.fault = "spoilt";
  assert.match(await ended(alice, path, { range: "bytes=100000-100001" }), /^500, /);
  proxy.fault = undefined;
  assert.equal(await ended(alice, path, { range: "bytes=100000-100001" }), "206, 2 bytes");
});

test("an export of which a file comes otherwise, or not, is cut off", async (t) => {
  const { server, proxy } = await started(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  await send(alice, room, (await uploaded(alice, randomBytes(500_000))).media_id);
  for (const fault of ["spoilt", { cutAfter: 100_000 }, { status: 500 }] satisfies Fault[]) {
    proxy.fault = fault;
    assert.equal(await ended(alice, `/v1/rooms/${room}/export`), "cut");
  }
  proxy.fault = undefined;
  assert.match(await ended(alice, `/v1/rooms/${room}/export`), /^200, /);
});

test("a server that is killed between a file and its row names nothing that is not there, and the sweep takes the rest", async (t) => {
  const { proxy, s3 } = await bucket(t);
  const child = await ChildServer.start(t, { s3: { ...s3, pace: {} } });
  const [alice] = await child.people("alice");
  const known = await uploaded(alice, "known");
  proxy.fault = ({ method }) => (method === "PUT" ? "answer held" : undefined);
  const uploading = upload(alice, "put, and not recorded").catch(() => "cut");
  await proxy.answerless();
  await child.kill("SIGKILL");
  assert.equal(await uploading, "cut");
  proxy.fault = undefined;
  const server = await TestServer.start(t, { data: child.data, media: { ...MEDIA, s3 } });
  const reader = await server.person("alice").signIn();
  assert.equal((await files(server)).blobs.length, 2);
  assert.equal(await sweepOrphans(sweepOf(server), [1], Date.now() - 60_000), 0, "it may be another's, and under way");
  assert.equal(await sweepOrphans(sweepOf(server), [1], Date.now() + 60_000), 1);
  assert.equal((await download(reader, `/v1/media/download/${known.media_id}`)).text, "known");
  assert.deepEqual(await files(server), { blobs: (await files(server)).blobs.slice(0, 1), staged: [] });
});

function blobsOf({ data, s3 }: TestServer) {
  return blobStoreOf(data, s3);
}

function sweepOf(server: TestServer) {
  return { db: server.db, blobs: blobsOf(server), clock: { now: () => Date.now() }, keepUnusedMs: 86_400_000 };
}
