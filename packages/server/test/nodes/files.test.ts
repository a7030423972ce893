import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { assertOk, S3Server, type S3Server as Store } from "@stairwell/testing";
import { OPERATOR } from "../../src/audit/index.ts";
import { setPolicy } from "../../src/peers/index.ts";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { World } from "../federation/world.ts";
import { download, send, sha256, upload, uploaded } from "../media/kit.ts";
import { type NodesOptions, startNodes, type TestNode, wellBuses } from "./network.ts";
import { until } from "./until.ts";

const SIZE = 6 * 1024 * 1024;

/** Two nodes with their files in a bucket, and what the bucket has. */
async function sharing(t: TestContext, options: NodesOptions = {}) {
  const store: Store = await S3Server.shared();
  const s3 = store.options();
  const media = { maxBytes: 104_857_600, keepUnusedSeconds: 86_400, s3 };
  const [a, b] = await startNodes(t, 2, { buses: wellBuses(), media, ...options });
  return { a, b, objects: async () => (await store.files(s3.prefix)).length };
}

const staged = ({ running }: TestNode): string[] => readdirSync(join(running.data, "staging"));

test("VS4 a file that was uploaded to one node is read at another at once, whole and in part", async (t) => {
  const { a, b } = await sharing(t);
  const alice = await a.person("alice").signIn();
  const room = await alice.roomWith([await b.person("bob").signIn()]);
  for (const size of [2, 100_000, SIZE]) {
    const bytes = randomBytes(size);
    const { media_id } = await uploaded(alice, bytes);
    const path = `/v1/media/download/${media_id}`;
    assert.equal(sha256((await download(b.person("alice"), path)).bytes), sha256(bytes));
    assert.equal((await download(b.person("bob"), path)).status, 404);
    await send(alice, room, media_id);
    const part = await download(b.person("bob"), path, { headers: { range: "bytes=1-1" } });
    assert.deepEqual([part.status, ...part.bytes], [206, bytes[1]]);
  }
});

test("AP6 one upload that comes to two nodes at once with one key is one file", async (t) => {
  const { a, b, objects } = await sharing(t);
  const alice = await a.person("alice").signIn();
  const bytes = randomBytes(200_000);
  const answers = await Promise.all([a, b, a, b].map((node) => upload(node.person("alice"), bytes, { key: "one" })));
  const taken = answers.filter(({ status }) => status === 201);
  // Whoever comes while it is under way elsewhere may be told to come again.
  for (const { status, error } of answers) assert.ok(status === 201 || status === 409, JSON.stringify(error));
  assert.equal(new Set(taken.map(({ data }) => data.media_id)).size, 1);
  assert.equal((await upload(alice, bytes, { key: "one" })).data.media_id, taken[0]!.data.media_id);
  await until(async () => (await objects()) === 1);
  for (const node of [a, b]) assert.deepEqual(staged(node), []);
});

test("VS4 a file that is deleted at one node while another gives it out ends there whole or cut, and is gone from all", async (t) => {
  const { a, b, objects } = await sharing(t);
  const alice = await a.person("alice").signIn();
  const bob = await b.person("bob").signIn();
  const room = await alice.roomWith([bob]);
  const bytes = randomBytes(SIZE);
  const { media_id } = await uploaded(alice, bytes);
  const { id } = await send(alice, room, media_id);
  const path = `/v1/media/download/${media_id}`;
  const headers = { authorization: `Bearer ${bob.credential}` };
  const [answer] = (await once(request(`${b.url}${path}`, { headers }).end(), "response")) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  const parts = [(await once(answer, "data"))[0] as Buffer];
  answer.pause();
  assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
  await until(async () => (await objects()) === 0);
  for (const node of [a, b]) assert.equal((await download(node.person("bob"), path)).status, 404);
  answer.on("data", (part: Buffer) => parts.push(part)).on("error", () => {});
  answer.resume();
  await once(answer, "close");
  const got = Buffer.concat(parts);
  assert.ok(got.equals(bytes.subarray(0, got.length)));
  assert.ok(answer.complete ? got.length === SIZE : got.length < SIZE, `${got.length} bytes, ${answer.complete}`);
});

test("FD19 a file of another server that is asked for at two nodes at once is one object, and nothing is left of it elsewhere", async (t) => {
  const world = new World(t);
  const hub = await world.start("hub");
  const { a, b, objects } = await sharing(t, { federation: { hosts: world.hosts } });
  const { db } = a.running;
  const tenant = (await findTenantBySlug(db, "dev"))!;
  await db.write(tenant, (tx) => setPolicy(tx, tenant.tenantNo, { default_mode: "open" }, OPERATOR));
  world.hosts.set(tenant.serverName, a.url);
  const [ann, admin] = [hub.server.person("ann", "hub"), await hub.server.person("admin", "hub").signIn()];
  const [bob, elsewhere] = [await a.person("bob").signIn(), await b.person("bob").signIn()];
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: `@bob:${tenant.serverName}` }));
  await until(async () => (await bob.post(`/v1/rooms/${room}/join`)).status === 200);
  for (let round = 1; round <= 2; round++) {
    const bytes = randomBytes(500_000);
    const { media_id } = await uploaded(ann, bytes);
    await send(ann, room, media_id);
    const named = async () =>
      (await bob.history(room)).filter(({ content }) => content?.media_id !== undefined)[round - 1]?.content.media_id;
    await until(async () => (await named()) !== undefined);
    const path = `/v1/media/download/${(await named()) as string}`;
    const answers = await Promise.all([bob, elsewhere, bob, elsewhere].map((who) => download(who, path)));
    for (const { status, bytes: got, text } of answers) {
      assert.equal(status, 200, text.slice(0, 300));
      assert.ok(got.equals(bytes));
    }
    await until(async () => (await objects()) === round);
    for (const node of [a, b]) assert.deepEqual(staged(node), []);
  }
});
