import assert from "node:assert/strict";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { StairwellError } from "@stairwell/protocol";
import { TestClock, stopwatch } from "@stairwell/testing";
import { OPERATOR } from "../../src/audit/index.ts";
import { findPeer, type Peer, trustKey } from "../../src/peers/index.ts";
import { EvilPeer, makeKey, send, type Told } from "./evil-peer.ts";
import { type Home, World } from "./world.ts";
import { until } from "../nodes/until.ts";

const TARGET = "/_stairwell/federation/v1/profile/ann";
const MINUTE = 60_000;

interface Stage {
  home: Home;
  evil: EvilPeer;
  world: World;
  clock: TestClock;
  /** Asks, signed by the key that it has now. */
  ask: (peer?: EvilPeer) => Promise<Told>;
  pinned: () => Promise<Peer | undefined>;
}

async function stage(t: TestContext): Promise<Stage> {
  const clock = new TestClock(Date.now());
  const world = new World(t);
  const home = await world.start("home", { default_mode: "open" }, { clock });
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  const ask = (peer = evil) =>
    send(home.server.url, "GET", TARGET, peer.sign(home.name, "GET", TARGET, undefined, {}, clock.now()));
  const pinned = () => findPeer(home.server.db, home.tenant.tenantNo, evil.name);
  return { home, evil, world, clock, ask, pinned };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (text: string | Buffer, headers = {}): Answer =>
  (_request, response) =>
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(text);

/** Answers of a server that is asked who it is, and what its administrators are told of it. */
function badAnswers(evil: EvilPeer): [what: string, answer: Answer, says: RegExp][] {
  const right = evil.descriptor();
  return [
    [
      "404",
      (_, response) => response.writeHead(404).end("{}"),
      /it answers 404 .+ a proxy before it does not pass on `Host`/,
    ],
    [
      "500",
      (_, response) => response.writeHead(500).end(),
      /it answers 500 to GET \/\.well-known\/stairwell\/server\.$/,
    ],
    [
      "a redirect to loopback",
      (_, r) => r.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      /it redirects \(302\)/,
    ],
    ["a redirect to another name", (_, r) => r.writeHead(308, { location: "https://x.example/" }).end(), /redirects/],
    ["HTML", (_, r) => r.writeHead(200, { "content-type": "text/html" }).end(right), /not application\/json/],
    ["no type", (_, r) => r.writeHead(200).end(right), /not application\/json/],
    ["garbage", json("{"), /strict JSON/],
    ["nothing", json(""), /strict JSON/],
    ["no UTF-8", json(Buffer.from([0x22, 0xff, 0x22])), /not UTF-8/],
    ["a deep nest", json("[".repeat(100_000)), /strict JSON/],
    ["too much", json(Buffer.alloc(1024 * 1024 + 1, 0x20)), /larger than 1048576 bytes/],
    ["a bomb", json(gzipSync(Buffer.alloc(1 << 24)), { "content-encoding": "gzip" }), /compressed/],
    ["another's name", json(evil.descriptor({ name: "honest.localhost" })), /the name by which it was fetched/],
    ["other words than were signed", json(right.replace('"version":"1"', '"version":"2"')), /does not fit/],
    ["no answer", (request) => request.socket.destroy(), /connection failed/],
  ];
}

test("FD3 a server that answers badly is not known, is asked again after a minute, and learns no reason: FIN-08, FOU-11", async (t) => {
  const { home, evil, clock, ask, pinned } = await stage(t);
  for (const [what, answer, says] of badAnswers(evil)) {
    clock.advance(MINUTE + 1);
    evil.answer = answer;
    const asked = evil.asked;
    const told = await ask();
    assert.deepEqual([told.status, told.body.error?.code], [403, "SW_FED_PEER_UNKNOWN"], what);
    assert.match(told.body.error!.message, /^Your server could not be known by its name/, what);
    // Its administrators are told more than it is.
    await assert.rejects(
      home.askProfile(evil.name, "x"),
      (error) =>
        error instanceof StairwellError && error.code === "SW_FED_PEER_UNREACHABLE" && says.test(error.message),
      what,
    );
    assert.equal((await ask()).status, 403);
    assert.equal(evil.asked, asked + 1, what);
    assert.equal(await pinned(), undefined, what);
  }
  evil.answer = undefined;
  assert.equal((await ask()).status, 403);
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 200);
});

test("FD3 what a known server answers later changes nothing where it is wrong: FIN-11", async (t) => {
  const { evil, clock, ask, pinned } = await stage(t);
  assert.equal((await ask()).status, 200);
  const before = await pinned();
  for (const [what, answer, says] of badAnswers(evil)) {
    clock.advance(2 * 60 * MINUTE);
    evil.answer = answer;
    assert.equal((await ask()).status, 200, what);
    // The old keys hold while it is asked again beside the work.
    await until(async () => says.test((await pinned())?.lastError ?? ""), { what });
    const now = await pinned();
    assert.deepEqual(now?.keys, before?.keys, what);
    assert.equal(now?.keyFault, null, what);
  }
  evil.answer = undefined;
  clock.advance(2 * 60 * MINUTE);
  assert.equal((await ask()).status, 200);
  await until(async () => (await pinned())?.lastError === null);
});

test("FD3 keys that nobody introduced are not taken, whatever else is right: FIN-48", async (t) => {
  const { home, evil, clock, ask, pinned } = await stage(t);
  assert.equal((await ask()).status, 200);
  const before = await pinned();
  const old = evil.key;
  evil.rotate({ introduced: false });
  clock.advance(MINUTE + 1);
  const told = await ask();
  assert.deepEqual([told.status, told.body.error?.code], [401, "SW_FED_SIGNATURE"]);
  const after = await pinned();
  assert.deepEqual(after?.keys, before?.keys);
  assert.match(after!.keyFault!, /no key that we know introduces/);
  await assert.rejects(
    home.askProfile(evil.name, "x"),
    (error) =>
      error instanceof StairwellError && error.code === "SW_FED_PEER_UNKNOWN" && /trust it/.test(error.message),
  );
  // Another server has the name now, with nothing of what was there.
  evil.keys.splice(0, 2, makeKey());
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 401);
  assert.match((await pinned())!.keyFault!, /is no longer listed/);
  // The old one comes back.
  evil.keys.splice(0, 1, old);
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 200);
});

test("FD3 an administrator's word takes a key that nobody introduced, and no other", async (t) => {
  const { home, evil, clock, ask, pinned } = await stage(t);
  assert.equal((await ask()).status, 200);
  const old = evil.key;
  evil.keys.splice(0, 1, makeKey());
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 401);
  const trust = (publicKey: string) =>
    home.server.db.write({ tenantNo: home.tenant.tenantNo }, (tx) =>
      trustKey(tx, home.tenant.tenantNo, { serverName: evil.name, publicKey }, OPERATOR),
    );
  await trust(makeKey().publicKey);
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 401);
  await trust(evil.key.publicKey);
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 200);
  const peer = await pinned();
  assert.deepEqual([peer?.keyFault, peer?.trustedKey], [null, null]);
  // What the old key signed and we saw stays; nothing new comes in by it.
  const { keyId } = old;
  assert.notEqual(peer?.keys.find((key) => key.keyId === keyId)?.revokedAt, null);
  const backdated = evil.sign(home.name, "GET", TARGET, undefined, { key: old }, clock.now());
  assert.equal((await send(home.server.url, "GET", TARGET, backdated)).status, 401);
});

test("FD3 a key whose private half is published is nobody's: FIN-12", async (t) => {
  const { evil, ask, pinned } = await stage(t);
  const published = {
    ...makeKey(),
    publicKey: "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    privateKey: "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
    keyId: "ed25519-56475aa7",
  };
  evil.keys.splice(0, 1, published);
  assert.equal((await ask()).status, 403);
  assert.equal(await pinned(), undefined);
});

test("FD3 many requests at once ask for a server's keys once: FIN-09, FIN-11", async (t) => {
  const { evil, ask, clock } = await stage(t);
  const told = await Promise.all(Array.from({ length: 30 }, () => ask()));
  assert(told.every(({ status }) => status === 200));
  assert.equal(evil.asked, 1);
  evil.rotate({ introduced: true });
  clock.advance(MINUTE + 1);
  const later = await Promise.all(Array.from({ length: 30 }, () => ask()));
  assert(later.every(({ status }) => status === 200));
  assert.equal(evil.asked, 2);
});

test("FD3 a revocation is heard of by the first request after an hour, whichever key signs it: FIN-10", async (t) => {
  const { home, evil, ask, clock, pinned } = await stage(t);
  const stolen = evil.key;
  evil.rotate({ introduced: true });
  assert.equal((await ask()).status, 200);
  const byStolen = () => {
    const headers = evil.sign(home.name, "GET", TARGET, undefined, { key: stolen }, clock.now());
    return send(home.server.url, "GET", TARGET, headers);
  };
  assert.equal((await byStolen()).status, 200);
  evil.keys[0] = { ...stolen, revokedAt: clock.now() };
  clock.advance(59 * MINUTE);
  assert.equal((await byStolen()).status, 200);
  clock.advance(2 * MINUTE);
  assert.equal((await ask()).status, 200);
  await until(async () => (await pinned())?.keys[0]?.revokedAt !== null);
  assert.match((await byStolen()).body.error!.message, /was revoked/);
});

test("FD3 a key is revoked also where nobody that counts introduced those that came since: FIN-10, FIN-48", async (t) => {
  const { home, evil, ask, clock, pinned } = await stage(t);
  assert.equal((await ask()).status, 200);
  const stolen = evil.key;
  const byStolen = async () => {
    const headers = evil.sign(home.name, "GET", TARGET, undefined, { key: stolen }, clock.now());
    return (await send(home.server.url, "GET", TARGET, headers)).body.error;
  };
  assert.equal(await byStolen(), undefined);
  // Two changes and a revocation between two looks: the second key has no good word any more, and the third only its.
  evil.rotate({ introduced: true });
  evil.rotate({ introduced: true });
  evil.keys[0] = { ...stolen, revokedAt: clock.now() };
  clock.advance(MINUTE + 1);
  assert.equal((await ask()).status, 401);
  assert.match((await pinned())!.keyFault!, /no key that we know introduces/);
  assert.match((await byStolen())!.message, /was revoked/);
  assert.deepEqual(
    (await pinned())!.keys.map(({ keyId }) => keyId),
    [stolen.keyId],
  );
  // It is not taken back, and nothing else of that descriptor counts.
  evil.keys[0] = { ...stolen, revokedAt: null };
  clock.advance(MINUTE + 1);
  assert.match((await byStolen())!.message, /was revoked/);
  assert.equal((await ask()).status, 401);
});

test("FD3 servers that nobody knows are asked for a few at a time: FIN-42", async (t) => {
  const { home, evil, world, clock } = await stage(t);
  evil.answer = () => {};
  const names = Array.from({ length: 40 }, (_, i) => `stranger${i}.localhost`);
  for (const name of names) world.hosts.set(name, evil.url);
  const asking = names.map((serverName) => {
    const headers = evil.sign(home.name, "GET", TARGET, undefined, { params: { serverName } }, clock.now());
    return send(home.server.url, "GET", TARGET, headers).catch(() => undefined);
  });
  let refused = 0;
  const told = Promise.all(asking.map(async (one) => (await one)?.status === 503 && refused++));
  await until(() => refused >= 24 && evil.asked >= 16);
  assert.equal(evil.asked, 16);
  // Whom our own people name is asked all the same.
  const other = await world.start("other", { default_mode: "open" }, { clock });
  await other.server.person("ann", "other").signIn();
  assert.ok("data" in (await home.askProfile(other.name, "ann")));
  // A server that stops does not wait for them.
  const took = stopwatch();
  await home.server.stop();
  assert(took() < 5000);
  await told;
  assert.equal(refused, 24);
});
