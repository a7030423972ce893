import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { signatureInput, SIGNATURE_LABEL } from "@stairwell/protocol/signing";
import { rounds, TestClock } from "@stairwell/testing";
import { type Bend, digestOf, EvilPeer, makeKey, send, type Told } from "./evil-peer.ts";
import { SEND } from "./evil-room.ts";
import { type Home, World } from "./world.ts";

const TARGET = "/_stairwell/federation/v1/profile/ann";
const ofRoom = (call: string): string => `/_stairwell/federation/v1/rooms/room-1/${call}`;

interface Stage {
  home: Home;
  evil: EvilPeer;
  world: World;
  /** A signed GET of `TARGET`, bent. */
  ask: (bend?: Bend, target?: string) => Promise<Told>;
}

async function stage(t: TestContext, options = {}): Promise<Stage> {
  const world = new World(t);
  const home = await world.start("home", { default_mode: "open" }, options);
  const evil = await EvilPeer.start(t, "evil.localhost");
  world.hosts.set(evil.name, evil.url);
  const ask = (bend: Bend = {}, target = TARGET): Promise<Told> =>
    send(home.server.url, "GET", target, evil.sign(home.name, "GET", target, undefined, bend));
  return { home, evil, world, ask };
}

function assertRefused(told: Told, says: RegExp, what = "", status = 401, code = "SW_FED_SIGNATURE"): void {
  assert.deepEqual([told.status, told.body.error?.code], [status, code], `${what} ${JSON.stringify(told.body)}`);
  assert.match(told.body.error!.message, says, what);
}

/** Names and values in turn, with some replaced. */
function replacing(name: string, change: (value: string) => string): Bend {
  const headers = (list: string[]) =>
    list.map((value, i) => (i % 2 === 1 && list[i - 1]!.toLowerCase() === name ? change(value) : value));
  return { headers };
}

const without = (name: string): Bend => ({
  headers: (list) => list.filter((_, i) => list[i - (i % 2)]!.toLowerCase() !== name),
});

test("FD2 a stranger with a right signature is let in", async (t) => {
  const { ask } = await stage(t);
  const told = await ask();
  assert.equal(told.status, 200, JSON.stringify(told.body));
  assert.deepEqual((told.body.data as { fqid: string }).fqid, "@ann:home.localhost");
});

test("FD2 unsigned, half signed and doubly signed requests are refused, and nobody is asked for a key: FIN-01", async (t) => {
  const { ask, evil } = await stage(t);
  const twice = (name: string): Bend => ({
    headers: (list) => [...list, ...list.filter((_, i) => list[i - (i % 2)]!.toLowerCase() === name)],
  });
  for (const [what, bend, says] of [
    ["unsigned", { headers: (list) => list.slice(0, 2) }, /Signature-Input/],
    ["without its input", without("signature-input"), /Signature-Input/],
    ["without its value", without("signature"), /header Signature /],
    ["an empty input", replacing("signature-input", () => ""), /Signature-Input/],
    ["an empty value", replacing("signature", () => ""), /header Signature /],
    ["an unknown label", replacing("signature-input", (v) => v.replace(SIGNATURE_LABEL, "sig1")), /Signature-Input/],
    ["two signatures in one header", replacing("signature-input", (v) => `${v}, x=();created=1`), /Signature-Input/],
    ["two headers of input", twice("signature-input"), /signature-input is given more than once/],
    ["two headers of value", twice("signature"), /signature is given more than once/],
    [
      "HMAC with the public key",
      replacing("signature-input", (v) => v.replace('alg="ed25519"', 'alg="hmac-sha256"')),
      /Signature-Input/,
    ],
    [
      "alg of another case",
      replacing("signature-input", (v) => v.replace('alg="ed25519"', 'alg="ED25519"')),
      /Signature-Input/,
    ],
  ] as [string, Bend, RegExp][]) {
    assertRefused(await ask(bend), says, what);
  }
  assert.equal(evil.asked, 0);
});

test("FD2 coverage is the fixed list, whatever else was rightly signed: FIN-02", async (t) => {
  const { ask, evil } = await stage(t);
  for (const component of ["@method", "@authority", "@target-uri"]) {
    assertRefused(await ask(replacing("signature-input", (v) => v.replace(`"${component}"`, ""))), /Signature-Input/);
  }
  assertRefused(await ask(replacing("signature-input", (v) => v.replace(")", ' "date")'))), /Signature-Input/);
  assert.equal(evil.asked, 0);
});

test("FD2 one change of method, path, query or host, and the signature does not fit: FIN-04, FIN-16", async (t) => {
  const { ask, home, evil, world } = await stage(t);
  const other = await world.start("other");
  for (const [what, bend] of [
    ["another method", { signed: { method: "POST" } }],
    ["another path", { signed: { target: `${TARGET}x` } }],
    ["another query", { signed: { target: `${TARGET}?a=1` } }],
    ["a path that is the same when decoded", { signed: { target: TARGET.replace("ann", "%61nn") } }],
    ["another server of ours", { signed: { serverName: other.name } }],
    ["its own name", { signed: { serverName: evil.name } }],
  ] as [string, Bend][]) {
    assertRefused(await ask(bend), /does not fit/, what);
  }
  // What was made for one server is brought to another, which knows the sender as well.
  const headers = evil.sign(home.name, "GET", TARGET);
  assert.equal((await send(home.server.url, "GET", TARGET, headers)).status, 200);
  const elsewhere = headers.map((value) => (value === home.name ? other.name : value));
  assertRefused(await send(other.server.url, "GET", TARGET, elsewhere), /does not fit/);
  const asWas = await send(other.server.url, "GET", TARGET, evil.sign(home.name, "GET", TARGET));
  assert.equal(asWas.status, 404);
  assert.equal((await send(other.server.url, "GET", TARGET, evil.sign(other.name, "GET", TARGET))).status, 200);
});

test("FD2 the host may be written in other ways, and is signed in one", async (t) => {
  const { ask } = await stage(t);
  for (const host of ["HOME.localhost", "home.localhost:443"]) assert.equal((await ask({ host })).status, 200, host);
  assertRefused(await ask({ signed: { serverName: "HOME.localhost" } }), /does not fit/);
  assertRefused(await ask({ signed: { serverName: "home.localhost:443" } }), /does not fit/);
});

test("FD2 a key signs for its own server alone: FIN-05, FIN-07", async (t) => {
  const { ask, evil, home, world } = await stage(t);
  const honest = await world.start("honest");
  assert.equal((await honest.askProfile(home.name, "ann")).status, 200);
  for (const [what, params] of [
    ["another's name, its own key's id", { serverName: honest.name }],
    ["another's name and key id", { serverName: honest.name, keyId: await currentKey(honest) }],
  ] as [string, Bend["params"] & {}][]) {
    assertRefused(await ask({ params }), /not one that this server knows|does not fit/, what);
  }
  // A document of its own that bears another's name does not make it that one.
  evil.answer = (_request, response) =>
    response.setHeader("content-type", "application/json").end(evil.descriptor({ name: honest.name }));
  assertRefused(await ask(), /could not be known by its name/, "", 403, "SW_FED_PEER_UNKNOWN");
});

test("FD2 a server cannot ask itself", async (t) => {
  const { ask, home } = await stage(t);
  assertRefused(await ask({ params: { serverName: home.name } }), /does not ask itself/);
});

test("FD2 the same request is taken once, also by many at once and after a restart: FIN-15", async (t) => {
  const { home, evil, world } = await stage(t);
  const headers = evil.sign(home.name, "GET", TARGET);
  const many = await Promise.all(Array.from({ length: 12 }, () => send(home.server.url, "GET", TARGET, headers)));
  assert.equal(many.filter(({ status }) => status === 200).length, 1);
  for (const told of many) if (told.status !== 200) assertRefused(told, /made before/);
  // The same nonce with another signature is no other request.
  const { nonce } = /nonce="(?<nonce>[^"]+)"/.exec(headers.join(" "))!.groups!;
  assertRefused(await sendWith({ nonce: nonce! }), /made before/);
  const { data } = home.server;
  await home.server.stop();
  const { TestServer } = await import("@stairwell/testing");
  const again = await TestServer.start(t, { data, federation: { hosts: world.hosts } });
  assertRefused(await send(again.url, "GET", TARGET, headers), /made before/);
  assert.equal((await send(again.url, "GET", TARGET, evil.sign(home.name, "GET", TARGET))).status, 200);

  function sendWith(params: Bend["params"] & {}): Promise<Told> {
    return send(home.server.url, "GET", TARGET, evil.sign(home.name, "GET", TARGET, undefined, { params }));
  }
});

test("FD2 signatures of other times are refused, with what to look at: FIN-17, FIN-18", async (t) => {
  const clock = new TestClock();
  const { home, evil } = await stage(t, { clock });
  evil.keys[0] = makeKey(clock.now() - 1000);
  const at = (ms: number, params: Bend["params"] & {} = {}) =>
    send(home.server.url, "GET", TARGET, evil.sign(home.name, "GET", TARGET, undefined, { params }, clock.now() + ms));
  assert.equal((await at(0)).status, 200);
  assert.equal((await at(59_000)).status, 200);
  assert.equal((await at(-59_000)).status, 200);
  assertRefused(await at(62_000), /6[12] s after our time; clocks may be 60 s apart/);
  const late = await at(-600_000);
  assertRefused(late, /600 s before our time/);
  assert.deepEqual(late.body.error!.details, { skew_seconds: -600, now: Math.floor(clock.now() / 1000) });
  const now = Math.floor(clock.now() / 1000);
  assertRefused(await at(0, { expires: now + 61 }), /expires 1 to 60 seconds/);
  assertRefused(await at(0, { expires: now }), /expires 1 to 60 seconds/);
  assertRefused(await at(0, { created: now - 30, expires: now - 1 }), /has expired/);
  assertRefused(await at(0, { created: now + 3600, expires: now + 3601 }), /3600 s after our time/);
});

test("FD1 keys that are revoked, over or not yet valid sign nothing", async (t) => {
  const { ask, evil } = await stage(t);
  const now = Date.now();
  const old = evil.keys[0]!;
  const revoked = { ...makeKey(now - 5000), revokedAt: now - 1000 };
  const over = { ...makeKey(now - 5000), validUntil: now - 1000 };
  const early = makeKey(now + 3_600_000);
  evil.keys.splice(0, 1, revoked, over, early, old);
  assert.equal((await ask()).status, 200);
  assertRefused(await ask({ key: revoked }), /was revoked/);
  assertRefused(await ask({ key: over }), /no longer valid/);
  assertRefused(await ask({ key: early }), /not valid yet/);
  assertRefused(await ask({ key: makeKey() }), /not one that this server knows/);
  assert.equal(evil.asked, 1);
});

test("FD2 a body must be the one whose digest was signed: FIN-03", async (t) => {
  const { home, evil } = await stage(t);
  const body = '{"items":[]}';
  // There is no call yet that takes one: what is let in finds no path, or none that takes it.
  const target = "/_stairwell/federation/v1/profile/ann";
  const post = (bend: Bend, sent = body) =>
    send(home.server.url, "GET", target, evil.sign(home.name, "GET", target, sent, bend), sent);
  const other = '{"items":[1]}';
  for (const [what, bend, says] of [
    ["a digest of another body", { signed: { body: other } }, /not the one that was signed/],
    ["a swapped digest", replacing("content-digest", () => digestOf(other)), /does not fit/],
    ["no digest", without("content-digest"), /needs the header Content-Digest/],
    ["two digests", replacing("content-digest", (v) => `${v}, ${digestOf(other)}`), /needs the header Content-Digest/],
    [
      "a digest of another kind",
      replacing("content-digest", (v) => v.replace("256", "512")),
      /needs the header Content-Digest/,
    ],
    ["a digest in upper case", replacing("content-digest", (v) => v.toUpperCase()), /needs the header Content-Digest/],
    ["no type", without("content-type"), /needs the header Content-Type/],
    ["another type", replacing("content-type", () => "text/plain"), /does not fit/],
    ["an encoding", { headers: (list) => [...list, "Content-Encoding", "gzip"] }, /must not have a Content-Encoding/],
    [
      "a signature that does not cover it",
      replacing("signature-input", () => `${SIGNATURE_LABEL}=${bareInput(evil)}`),
      /must cover content-digest/,
    ],
  ] as [string, Bend, RegExp][]) {
    assertRefused(await post(bend), says, what);
  }
  const bodyless = evil.sign(home.name, "GET", target, undefined, { signed: { body } });
  const stripped = bodyless.filter((_, i) => !/^content-/i.test(bodyless[i - (i % 2)]!));
  assertRefused(await send(home.server.url, "GET", target, stripped), /covers a body, and the request has none/);
});

function bareInput(evil: EvilPeer): string {
  const created = Math.floor(Date.now() / 1000);
  const nonce = "n".repeat(22);
  return signatureInput({ created, expires: created + 60, nonce, serverName: evil.name, keyId: evil.key.keyId }, false);
}

test("FD2 a target that is a whole URL is refused, and one with bytes that are no ASCII", async (t) => {
  const { home, evil } = await stage(t);
  const whole = `http://${home.name}${TARGET}`;
  assertRefused(await send(home.server.url, "GET", whole, evil.sign(home.name, "GET", TARGET)), /must be a path/);
});

test("FD3 whom policy keeps out makes us ask nobody: FIN-13, FIN-41", async (t) => {
  const { ask, home, evil } = await stage(t);
  for (const policy of [
    { default_mode: "closed" },
    { default_mode: "open", denied_peers: [evil.name] },
    { default_mode: "closed", denied_peers: [evil.name], allowed_peers: [evil.name] },
  ] as const) {
    await home.setPolicy(policy);
    for (const target of [TARGET, ...["backfill?after=0", "members", `media/${"0".repeat(64)}`].map(ofRoom)]) {
      assertRefused(await ask({}, target), /policy/, target, 403, "SW_FED_POLICY");
    }
    const headers = evil.sign(home.name, "POST", SEND, '{"items":[]}');
    const sent = await send(home.server.url, "POST", SEND, headers, '{"items":[]}');
    assertRefused(sent, /policy/, SEND, 403, "SW_FED_POLICY");
    for (const serverName of ["EVIL.localhost", "evil.localhost.", "evil.localhost:443", "evil。localhost"]) {
      const told = await ask(replacing("signature-input", (v) => v.replace(evil.name, serverName))).catch(
        () => undefined,
      );
      if (told !== undefined) assertRefused(told, /Signature-Input|no key of a server/, serverName);
    }
  }
  assert.equal(evil.asked, 0);
});

test("FD2 a flood of requests that nobody signed rightly asks nobody, writes nothing and keeps nothing: FIN-41, FIN-42", async (t) => {
  const { home, evil } = await stage(t, { failedSignInsPerMinute: 1_000_000 });
  const rows = async () => (await home.server.db.get<{ n: number }>("SELECT count(*) AS n FROM peer_nonces"))!.n;
  const before = process.memoryUsage().heapUsed;
  for (let done = 0; done < rounds(10_000); done += 50) {
    const told = await Promise.all(
      Array.from({ length: 50 }, (_, i) => {
        const params = { serverName: `stranger${done + i}.localhost:0`, keyId: `k${done + i}` };
        return send(home.server.url, "GET", TARGET, evil.sign(home.name, "GET", TARGET, undefined, { params }));
      }),
    );
    for (const one of told) assertRefused(one, /Signature-Input|no key of a server/);
  }
  assert.deepEqual([evil.asked, await rows()], [0, 0]);
  assert.ok(process.memoryUsage().heapUsed - before < 128 * 1024 * 1024, "memory grows");
});

test("FD2 failures are counted by address, and right requests are not", async (t) => {
  const { ask } = await stage(t, { failedSignInsPerMinute: 5 });
  for (let i = 0; i < 5; i++) assertRefused(await ask({ params: { keyId: "other" } }), /knows/);
  assertRefused(await ask({ params: { keyId: "other" } }), /Too many/, "", 429, "SW_RATE_LIMIT_EXCEEDED");
  assert.equal((await ask()).status, 200);
});

test("FD2 one server's requests are bounded, and another's not by them", async (t) => {
  const { home, evil, world } = await stage(t, { clock: new TestClock(Date.now()) });
  const friend = await EvilPeer.start(t, "friend.localhost");
  world.hosts.set(friend.name, friend.url);
  const ask = (who: EvilPeer) => send(home.server.url, "GET", TARGET, who.sign(home.name, "GET", TARGET));
  assert.equal((await ask(friend)).status, 200);
  const told: Told[] = [];
  while (told.length < 1020) told.push(...(await Promise.all(Array.from({ length: 40 }, () => ask(evil)))));
  const refused = told.filter(({ status }) => status !== 200);
  assert.equal(told.length - refused.length, 1000);
  for (const one of refused) assertRefused(one, /Too many/, "", 429, "SW_RATE_LIMIT_EXCEEDED");
  assert.equal((await ask(friend)).status, 200);
});

test("FD2 a path that is not there is answered alike, signed or not", async (t) => {
  const { home, evil } = await stage(t);
  const target = "/_stairwell/federation/v1/nowhere";
  for (const headers of [["Host", home.name], evil.sign(home.name, "GET", target)]) {
    assertRefused(await send(home.server.url, "GET", target, headers), /./, "", 404, "SW_NOT_FOUND");
  }
});

async function currentKey(home: Home): Promise<string> {
  const { findSigningKey } = await import("../../src/tenants/index.ts");
  return (await findSigningKey(home.server.db, home.tenant.tenantNo, Date.now()))!.keyId;
}
