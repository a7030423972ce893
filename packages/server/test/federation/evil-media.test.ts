import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import type { Item } from "@stairwell/protocol/federation";
import { assertOk, type Person } from "@stairwell/testing";
import { signRequest } from "../../src/federation/outbound/sign-request.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Outbound, type WayOut } from "../../src/lib/outbound.ts";
import { findPeer } from "../../src/peers/index.ts";
import { findSigningKey } from "../../src/tenants/index.ts";
import { files, type Loose, send, uploaded } from "../media/kit.ts";
import { EvilPeer } from "./evil-peer.ts";
import { EvilRoom, results } from "./evil-room.ts";
import { fileOf, get, info, sendFile } from "./media-kit.ts";
import { pair, shared } from "./pair.ts";
import { settled, sound, until } from "./settle.ts";
import { type Home, World } from "./world.ts";

const ANN = "@ann:home.localhost";
const bytes = randomBytes(4000);
const hash = createHash("sha256").update(bytes).digest("hex");

/** The time of day as it is, and waits that a test passes over. */
class Passing {
  #passed = 0;

  now(): number {
    return systemClock.now();
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#passed;
  }

  advance(milliseconds: number): void {
    this.#passed += milliseconds;
  }
}

type Script = (response: ServerResponse, request: IncomingMessage) => void;

interface Stage {
  home: Home;
  ann: Person;
  evil: EvilPeer;
  room: EvilRoom;
  clock: Passing;
  /** How the evil server answers who asks it for a file, and how often it was asked. */
  media: { answer: Script; asked: number };
}

/** A room of the evil hub's in which ann is, and an answer to come for the files that are sent there. */
async function stage(t: TestContext, outbound?: WayOut): Promise<Stage> {
  const world = new World(t);
  const clock = new Passing();
  const federation = { hosts: world.hosts, ...(outbound && { outbound }) };
  const home = await world.start("home", { default_mode: "open" }, { clock, federation });
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  const room = new EvilRoom(evil);
  const media: Stage["media"] = { answer: (response) => give(response, bytes), asked: 0 };
  evil.answer = (request, response) => {
    if (request.url!.includes("/media/")) {
      media.asked++;
      return media.answer(response, request);
    }
    response.setHeader("content-type", "application/json");
    if (request.url!.startsWith("/.well-known/")) return void response.end(evil.descriptor());
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "GET") return void response.end(JSON.stringify({ data: { events: [], head: null } }));
      const { items } = JSON.parse(Buffer.concat(chunks).toString()) as { items: Item[] };
      const answers = items.map((item) => {
        if (item.type !== "submit") return { status: "ok" };
        const event = room.sequence(item.event);
        const isJoin = item.event.content["membership"] === "join";
        return { status: "sequenced", event, head: room.head(), ...(isJoin && { join: room.join() }) };
      });
      response.end(JSON.stringify({ data: { results: answers } }));
    });
  };
  assert.equal((await results(evil, home, [room.invite(ANN)]))[0]!.status, "ok");
  const ann = home.server.person("ann", "home");
  assertOk(await ann.post(`/v1/rooms/${room.id}/join`));
  return { home, ann, evil, room, clock, media };
}

/** A message of the evil server's with a file, as ann sees it. */
async function trap({ home, evil, room, ann }: Stage, medium: object = {}): Promise<string> {
  const said = { sha256: hash, size: bytes.length, mime_type: "image/png", name: "x.png", ...medium };
  const event = room.append({ type: "swp.room.message", content: { media_id: said } });
  const [result] = await results(evil, home, room.deliver([event]));
  assert.equal(result!.status, "confirmed");
  return fileOf(ann, room.id, event.envelope.id);
}

function give(response: ServerResponse, content: Buffer, headers: Record<string, string> = {}): void {
  const type = { "content-type": "application/octet-stream" };
  response.writeHead(200, { ...type, "content-length": content.length, ...headers }).end(content);
}

async function error(answer: Promise<{ status: number; text: string }>): Promise<[number, string, string]> {
  const { status, text } = await answer;
  const { code, message } = JSON.parse(text).error;
  return [status, code, message];
}

const other = Buffer.from(bytes).fill(7, 100, 101);

const WRONG: [string, Script][] = [
  ["other bytes", (response) => give(response, other)],
  ["more bytes", (response) => give(response, Buffer.concat([bytes, Buffer.from("x")]))],
  ["fewer bytes", (response) => give(response, bytes.subarray(1))],
  [
    "more bytes, unannounced",
    (response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      const more = (): void => void (response.destroyed || response.write(bytes, () => setImmediate(more)));
      more();
    },
  ],
  [
    "fewer bytes, unannounced",
    (response) => response.writeHead(200, { "content-type": "application/octet-stream" }).end(bytes.subarray(1)),
  ],
];

const NONE: [string, Script, number, RegExp][] = [
  ["a page", (response) => give(response, bytes, { "content-type": "text/html" }), 504, /something else than a file/],
  ["packed bytes", (response) => give(response, bytes, { "content-encoding": "gzip" }), 504, /compressed/],
  [
    "a redirect",
    (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    502,
    /cannot give the file now \(302\)/,
  ],
  ["nothing there", (response) => response.writeHead(404).end("{}"), 502, /does not give this file/],
  ["its own trouble", (response) => response.writeHead(500).end("x".repeat(100_000)), 504, /did not give the file/],
  [
    "half of it",
    (response) => {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
      response.write(bytes.subarray(0, 2000), () => response.destroy());
    },
    504,
    /did not give the file/,
  ],
];

test("FD19 FD21 a server that gives anything but what was sent is not believed, and leaves nothing behind", async (t) => {
  const all = await stage(t);
  const { home, ann, evil, clock, media } = all;
  const mediaId = await trap(all);
  const fault = async () => (await findPeer(home.server.db, home.tenant.tenantNo, evil.name))!.lastError;
  for (const [what, answer] of WRONG) {
    media.answer = answer;
    const [status, code, message] = await error(get(ann, mediaId));
    assert.deepEqual([status, code], [502, "SW_FED_PEER_UNREACHABLE"], what);
    assert.match(message, /evil\.localhost gave other bytes than were sent, and nothing of them was kept/, what);
    assert.match((await fault())!, /other bytes than one of its people had sent/, what);
    assert.deepEqual(await files(home.server), { blobs: [], staged: [] }, what);
    clock.advance(16_000);
  }
  for (const [what, answer, expected, says] of NONE) {
    media.answer = answer;
    const [status, , message] = await error(get(ann, mediaId));
    assert.equal(status, expected, what);
    assert.match(message, says, what);
    assert.deepEqual(await files(home.server), { blobs: [], staged: [] }, what);
    clock.advance(16_000);
  }
  media.answer = (response) => give(response, bytes);
  assert.ok((await get(ann, mediaId)).bytes.equals(bytes));
  await sound(home);
});

test("FD19 what was said of a file decides nothing: not how it is shown, nor what it is called", async (t) => {
  const all = await stage(t);
  const { home, ann, media } = all;
  const page = Buffer.from("<script>alert(1)</script>");
  media.answer = (response) => give(response, page);
  const sha256 = createHash("sha256").update(page).digest("hex");
  const mediaId = await trap(all, { sha256, size: page.length, mime_type: "text/html", name: "../../a\u202eb\n.png" });
  const told = await info(ann, mediaId);
  assert.deepEqual([told.name, told.mime_type], ["ab.png", "text/html"]);
  const answer = await get(ann, mediaId);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.match(answer.headers.get("content-disposition")!, /^attachment; filename="ab.png"/);
  assert.equal((await info(ann, mediaId)).mime_type, "text/plain");
  const strange = await trap(all, { mime_type: "image/svg+xml; evil=\r\n" });
  assert.equal((await info(ann, strange)).mime_type, "application/octet-stream");
  await sound(home);
});

test("FD19 a hash that names a file of ours is no way to read it", async (t) => {
  const all = await stage(t);
  const { home, ann, media } = all;
  const bea = await home.server.person("bea", "home").signIn();
  const secret = await uploaded(bea, randomBytes(3000));
  await send(bea, await bea.roomWith([], { name: "Hidden" }), secret.media_id);
  media.answer = (response) => response.writeHead(404).end("{}");
  const mediaId = await trap(all, { sha256: secret.sha256, size: 3000 });
  assert.equal((await get(ann, mediaId)).status, 502);
  assert.equal((await info(ann, mediaId)).fetched, false);
  await sound(home);
});

test("FD19 a server that failed is left alone for a moment, and then it is asked again", async (t) => {
  const all = await stage(t);
  const { ann, clock, media } = all;
  const mediaId = await trap(all);
  const good = media.answer;
  media.answer = (response) => response.destroy();
  const answers = await Promise.all(Array.from({ length: 5 }, () => get(ann, mediaId)));
  for (const answer of answers) {
    assert.equal(answer.status, 504);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
  }
  media.answer = good;
  assert.equal((await get(ann, mediaId)).status, 504);
  assert.equal(media.asked, 1);
  clock.advance(16_000);
  assert.ok((await get(ann, mediaId)).bytes.equals(bytes));
  assert.equal(media.asked, 2);
});

test("FD19 FD21 a file that trickles in is waited for no longer than its size allows", async (t) => {
  const real = new Outbound();
  const deadlines: number[] = [];
  const outbound: WayOut = {
    ask(place, outgoing) {
      if (!outgoing.target.includes("/media/")) return real.ask(place, outgoing);
      deadlines.push(outgoing.deadlineMs);
      return real.ask(place, { ...outgoing, deadlineMs: outgoing.deadlineMs / 50 });
    },
    close: () => real.close(),
  };
  const all = await stage(t, outbound);
  const { home, ann, media } = all;
  const mediaId = await trap(all);
  media.answer = (response) => {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
    let at = 0;
    const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), 10);
    response.on("close", () => clearInterval(timer));
  };
  const [status, code, message] = await error(get(ann, mediaId));
  assert.deepEqual([status, code], [504, "SW_FED_OUTCOME_UNKNOWN"]);
  assert.match(message, /did not answer in time/);
  assert.deepEqual(deadlines, [30_000 + Math.ceil(bytes.length / 131.072)]);
  assert.deepEqual(await files(home.server), { blobs: [], staged: [] });
});

test("FD19 what another server may not have is the same 404, whatever the reason", async (t) => {
  const all = await pair(t);
  const { world, a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const stranger = await EvilPeer.start(t, "third.localhost");
  world.hosts.set(stranger.name, stranger.url);
  const before = await ann.roomWith([], { name: "Before" });
  const early = await sendFile(ann, before);
  assertOk(await admin.put(`/v1/admin/rooms/${before}/federate`, { enabled: true }));
  const unshared = await ann.roomWith([], { name: "Unshared" });
  const inUnshared = await sendFile(ann, unshared);
  const ours = await sendFile(ann, room);
  const redacted = await sendFile(ann, room);
  assertOk(await ann.post(`/v1/rooms/${room}/events/${redacted.event.id}/redact`, {}));
  const kept = await uploaded(ann, randomBytes(50));
  const theirs = await sendFile(bob, room);
  await get(ann, await fileOf(ann, room, theirs.event.id));
  await settled([a, b], room);

  const ask = (home: Home, at: string, sha256: string) => askedBy(home, a, at, sha256);
  assert.deepEqual((await ask(b, room, ours.sha256)).bytes, ours.bytes);
  const refusals = {
    "an unknown room": await ask(b, "room-nowhere", ours.sha256),
    "a room that is not shared": await ask(b, unshared, inUnshared.sha256),
    "a room that it has no part in": await ask(b, before, early.sha256),
    "a file of another room": await ask(b, room, inUnshared.sha256),
    "an unknown file": await ask(b, room, "0".repeat(64)),
    "no hash": await ask(b, room, "..%2f..%2fsecret"),
    "an upper-case hash": await ask(b, room, ours.sha256.toUpperCase()),
    "what was redacted": await ask(b, room, redacted.sha256),
    "what nobody sent": await ask(b, room, kept.sha256),
    "its own": await ask(b, room, theirs.sha256),
    "a stranger's wish": await strangersWish(stranger, a, room, ours.sha256),
  };
  const [first] = Object.values(refusals);
  assert.deepEqual([first!.status, first!.error.code], [404, "SW_MEDIA_NOT_FOUND"]);
  for (const [what, { status, error: said, headers }] of Object.entries(refusals)) {
    assert.deepEqual([status, said, headers], [404, first!.error, first!.headers], what);
  }
  // What was said before its first join is given only where policy gives it.
  const bobs = await joinedLater(all, before);
  assert.equal((await ask(b, before, early.sha256)).status, 404);
  await a.setPolicy({ history_before_join: true });
  assert.deepEqual((await ask(b, before, early.sha256)).bytes, early.bytes);
  // And nothing any more to who has left.
  assertOk(await bobs.post(`/v1/rooms/${before}/leave`));
  await settled([a], before);
  assert.equal((await ask(b, before, early.sha256)).status, 404);
});

async function joinedLater({ admin, bob }: Awaited<ReturnType<typeof pair>>, room: string): Promise<Person> {
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: "@bob:b.localhost" }));
  await until(async () => ((await bob.get(`/v1/rooms/${room}`)).status === 200 ? true : undefined), "the invite");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  return bob;
}

interface Given {
  status: number;
  bytes: Buffer;
  error: Loose;
  headers: string[];
}

/** Asks a server for a file as another server does. */
async function askedBy(home: Home, to: Home, room: string, sha256: string): Promise<Given> {
  const target = `/_stairwell/federation/v1/rooms/${room}/media/${sha256}`;
  const key = (await findSigningKey(home.server.db, home.tenant.tenantNo, Date.now()))!;
  const headers = signRequest({ method: "GET", target }, { serverName: home.name, key }, to.name, Date.now());
  return given(to.server.url, target, headers);
}

async function strangersWish(evil: EvilPeer, to: Home, room: string, sha256: string): Promise<Given> {
  const target = `/_stairwell/federation/v1/rooms/${room}/media/${sha256}`;
  const signed = evil.sign(to.name, "GET", target);
  const headers = Object.fromEntries(signed.flatMap((name, i) => (i % 2 === 0 ? [[name, signed[i + 1]!]] : [])));
  return given(to.server.url, target, headers);
}

async function given(url: string, path: string, headers: Record<string, string>): Promise<Given> {
  const { hostname, port } = new URL(url);
  const asking = request({ hostname, port, path, headers, agent: false }).end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  const names = Object.keys(response.headers).sort();
  if (response.statusCode === 200) return { status: 200, bytes: whole, error: undefined, headers: names };
  const { request_id: _, ...said } = JSON.parse(whole.toString()).error;
  return { status: response.statusCode!, bytes: whole, error: said, headers: names };
}
