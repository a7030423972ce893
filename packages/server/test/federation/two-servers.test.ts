import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { readDescriptor } from "@stairwell/protocol/signing";
import { StairwellError } from "@stairwell/protocol";
import { OPERATOR } from "../../src/audit/index.ts";
import { verifyEd25519 } from "../../src/lib/ed25519.ts";
import { findPeer, trustKey } from "../../src/peers/index.ts";
import { createTenant, findTenantBySlug, revokeKey, rotateKey, suspendTenant } from "../../src/tenants/index.ts";
import { send } from "./evil-peer.ts";
import { TestClock } from "@stairwell/testing";
import { Home, World } from "./world.ts";

const WELL_KNOWN = "/.well-known/stairwell/server";

async function two(t: TestContext, options = {}): Promise<{ a: Home; b: Home; world: World }> {
  const world = new World(t);
  const open = { default_mode: "open" } as const;
  const [a, b] = [await world.start("a", open, options), await world.start("b", open, options)];
  await b.server.person("bob", "b").signIn();
  return { a, b, world };
}

const refused =
  (code: string, says: RegExp = /./) =>
  (error: unknown) =>
    error instanceof StairwellError && error.code === code && says.test(error.message);

test("FD2 FD3 a server asks another for a profile, and each knows the other by its own descriptor", async (t) => {
  const { a, b } = await two(t);
  const answer = await a.askProfile(b.name, "bob");
  assert.deepEqual(answer, {
    status: 200,
    data: { fqid: "@bob:b.localhost", display_name: "bob", participant_type: "human", avatar_url: null },
  });
  for (const [home, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const peer = await findPeer(home.server.db, home.tenant.tenantNo, other.name);
    assert.equal(peer?.keys.length, 1);
    assert.equal(peer.keyFault, null);
    assert.equal(peer.lastError, null);
  }
});

test("FD2 three servers, and two tenants of one of them, each under its own name", async (t) => {
  const { a, b, world } = await two(t);
  const c = await world.start("c");
  await b.server.person("ben", "second").signIn();
  world.hosts.set("second.localhost", b.server.url);
  const second = new Home(b.server, (await findTenantBySlug(b.server.db, "second"))!);
  await second.setPolicy({ default_mode: "open" });
  for (const home of [a, c]) {
    const [one, other] = [await home.askProfile("second.localhost", "ben"), await home.askProfile(b.name, "ben")];
    assert("data" in one && (one.data as { fqid: string }).fqid === "@ben:second.localhost");
    assert("code" in other && other.code === "SW_PARTICIPANT_NOT_FOUND");
  }
});

test("who is unknown, was deactivated or has an impossible name is answered alike", async (t) => {
  const { a, b } = await two(t);
  const admin = b.server.person("admin", "b");
  const gone = await b.server.person("gone", "b").signIn();
  assert.equal((await admin.post(`/v1/admin/participants/${gone.id}/deactivate`)).status, 200);
  const answers = [];
  for (const localId of [
    "nobody",
    "gone",
    "Bob",
    "../bob",
    "bob:b.localhost",
    "%00",
    "x".repeat(300),
    ":b.localhost",
  ]) {
    answers.push(await a.askProfile(b.name, localId));
  }
  const [first] = answers;
  assert(first !== undefined && "code" in first);
  assert.equal(first.status, 404);
  assert.equal(first.code, "SW_PARTICIPANT_NOT_FOUND");
  for (const answer of answers) assert.deepEqual(answer, first);
});

test("FD1 the descriptor is found under the name asked, and says every key", async (t) => {
  const { b } = await two(t);
  const { url } = b.server;
  const found = await send(url, "GET", WELL_KNOWN, ["Host", b.name]);
  assert.equal(found.status, 200);
  assert.equal(found.headers["content-type"], "application/json; charset=utf-8");
  assert.equal(found.headers["cache-control"], "public, max-age=300");
  const descriptor = readDescriptor(JSON.stringify(found.body), b.name, Date.now(), verifyEd25519);
  assert.equal(descriptor.keys.length, 1);
  for (const host of ["B.localhost", "b.localhost:443", "B.LOCALHOST:443"]) {
    assert.deepEqual((await send(url, "GET", WELL_KNOWN, ["Host", host])).body, found.body, host);
  }
  const again = await send(url, "GET", WELL_KNOWN, ["Host", b.name, "If-None-Match", found.headers.etag!]);
  assert.equal(again.status, 304);
  assert.equal((await send(url, "HEAD", WELL_KNOWN, ["Host", b.name])).status, 200);
});

test("FD1 a host that is nobody's, and a suspended tenant's, is answered as a path that is not there", async (t) => {
  const { a, b } = await two(t);
  const { url, db } = b.server;
  const scope = { tenantNo: b.tenant.tenantNo };
  await db.write(scope, (tx) => suspendTenant(tx, () => {}, "b", true));
  const nowhere = await send(url, "GET", "/nowhere", ["Host", "c.localhost"]);
  assert.equal(nowhere.status, 404);
  const { request_id: _, ...error } = nowhere.body.error as Record<string, unknown>;
  for (const host of ["c.localhost", "localhost", "b.localhost:8080", b.name, "127.0.0.1"]) {
    for (const path of [WELL_KNOWN, "/_stairwell/federation/v1/profile/bob"]) {
      const answer = await send(url, "GET", path, ["Host", host]);
      const { request_id: __, ...said } = answer.body.error as Record<string, unknown>;
      assert.deepEqual([answer.status, said], [404, error], `${host} ${path}`);
    }
  }
  await assert.rejects(a.askProfile(b.name, "bob"), refused("SW_FED_PEER_UNREACHABLE", /b\.localhost cannot be known/));
});

test("FD1 FD3 after a rotation the new key is used at once, and others follow by the old one's word: FIN-09", async (t) => {
  const clock = new TestClock();
  const { a, b } = await two(t, { clock });
  assert.equal((await a.askProfile(b.name, "bob")).status, 200);
  const [first] = (await findPeer(b.server.db, b.tenant.tenantNo, a.name))!.keys;
  clock.advance(61_000);
  const scope = { tenantNo: a.tenant.tenantNo };
  const [, second] = await a.server.db.write(scope, (tx) => rotateKey(tx, a.tenant, OPERATOR));
  const answers = await Promise.all(Array.from({ length: 20 }, () => a.askProfile(b.name, "bob")));
  for (const answer of answers) assert.equal(answer.status, 200);
  const peer = await findPeer(b.server.db, b.tenant.tenantNo, a.name);
  assert.deepEqual(
    peer?.keys.map(({ keyId, validUntil }) => [keyId, validUntil]),
    [
      [first!.keyId, clock.now() + 30 * 24 * 60 * 60 * 1000],
      [second!.keyId, null],
    ],
  );
});

test("FD1 FD3 a key that was revoked while it was in use is followed by one that administrators must trust: FIN-10", async (t) => {
  const clock = new TestClock();
  const { a, b } = await two(t, { clock });
  assert.equal((await a.askProfile(b.name, "bob")).status, 200);
  const [stolen] = (await findPeer(b.server.db, b.tenant.tenantNo, a.name))!.keys;
  const scope = { tenantNo: a.tenant.tenantNo };
  const { replacedBy } = await a.server.db.write(scope, (tx) => revokeKey(tx, a.tenant, stolen!.keyId, OPERATOR));
  assert.equal(replacedBy!.introducedBy, null);
  clock.advance(61_000);
  const answer = await a.askProfile(b.name, "bob");
  assert("code" in answer && answer.code === "SW_FED_SIGNATURE");
  assert.match((await findPeer(b.server.db, b.tenant.tenantNo, a.name))!.keyFault!, /introduces/);
  await assert.rejects(b.askProfile(a.name, "ann"), refused("SW_FED_PEER_UNKNOWN", /stairwell federation peer trust/));
  const trusted = { serverName: a.name, publicKey: replacedBy!.publicKey };
  await b.server.db.write({ tenantNo: b.tenant.tenantNo }, (tx) => trustKey(tx, b.tenant.tenantNo, trusted, OPERATOR));
  clock.advance(1001);
  assert.equal((await a.askProfile(b.name, "bob")).status, 200);
  assert.equal((await b.askProfile(a.name, "ann")).status, 200);
  const peer = await findPeer(b.server.db, b.tenant.tenantNo, a.name);
  assert.equal(peer!.keyFault, null);
  assert.equal(peer!.trustedKey, null);
  assert.notEqual(peer!.keys.find(({ keyId }) => keyId === stolen!.keyId)!.revokedAt, null);
});

test("a closed server answers nobody but whom it allows, and a denied one never", async (t) => {
  const { a, b } = await two(t);
  const code = async () => {
    const answer = await a.askProfile(b.name, "bob");
    return "code" in answer ? `${answer.status} ${answer.code}` : answer.status;
  };
  for (const [policy, expected] of [
    [{ default_mode: "closed", allowed_peers: [], denied_peers: [] }, "403 SW_FED_POLICY"],
    [{ default_mode: "invite_only" }, "403 SW_FED_POLICY"],
    [{ default_mode: "closed", allowed_peers: [a.name] }, 200],
    [{ default_mode: "open", denied_peers: [a.name] }, "403 SW_FED_POLICY"],
    [{ default_mode: "open", denied_peers: [], allowed_peers: [] }, 200],
  ] as const) {
    await b.setPolicy(policy);
    assert.equal(await code(), expected, JSON.stringify(policy));
  }
  // Whoever is closed asks nobody either, and its descriptor is there for everybody.
  await b.setPolicy({ default_mode: "closed" });
  await assert.rejects(b.askProfile(a.name, "ann"), refused("SW_FED_POLICY"));
  assert.equal((await send(b.server.url, "GET", WELL_KNOWN, ["Host", b.name])).status, 200);
});

test("a new tenant is closed", async (t) => {
  const { a, b, world } = await two(t);
  const wanted = { slug: "new", serverName: "new.localhost" };
  await b.server.db.write("deployment", (tx) => createTenant(tx, wanted));
  const headers = ["Host", "new.localhost"];
  assert.equal((await send(b.server.url, "GET", WELL_KNOWN, headers)).status, 200);
  world.hosts.set("new.localhost", b.server.url);
  const answer = await a.askProfile("new.localhost", "x");
  assert("code" in answer && answer.code === "SW_FED_POLICY");
});
