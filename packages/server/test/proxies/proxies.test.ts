import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { type IncomingMessage, request, type RequestOptions } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { assertOk, S3Server, StreamClient } from "@stairwell/testing";
import { OPERATOR } from "../../src/audit/index.ts";
import { readNetworks } from "../../src/lib/networks.ts";
import { setPolicy } from "../../src/peers/index.ts";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { importing } from "../bundles/importing.ts";
import { largeBundle } from "../crash/imports.ts";
import { bodiesOf, say } from "../federation/pair.ts";
import { World } from "../federation/world.ts";
import { download, sha256, uploaded } from "../media/kit.ts";
import { type NodesOptions, startNodes, TestNode, wellBuses } from "../nodes/network.ts";
import { until } from "../nodes/until.ts";
import { documentedOf, exampleOf, type Kind, KINDS, Proxy, saysOf } from "./proxy.ts";

const MIB = 1024 * 1024;
const MOST = 6 * MIB;

/** Two nodes that share rows and files, behind a load balancer as its example has it. */
async function behind(t: TestContext, kind: Kind, options: NodesOptions = {}) {
  const s3 = (await S3Server.shared()).options();
  const media = { maxBytes: MOST, keepUnusedSeconds: 86_400, s3 };
  const nodes = await startNodes(t, 2, { buses: wellBuses(), media, ...options });
  const proxy = await Proxy.start(t, kind, [nodes[0].url, nodes[1].url]);
  const person = (name: string) => new TestNode({ ...nodes[0].running, url: proxy.url }).person(name);
  return { nodes, proxy, person };
}

/** A form with a file of so many bytes, which come when they are asked for. */
function formOf(bytes: AsyncIterable<Buffer>) {
  const [boundary, headers] = ["a-boundary", 'Content-Disposition: form-data; name="file"; filename="a.bin"'];
  async function* form() {
    yield Buffer.from(`--${boundary}\r\n${headers}\r\nContent-Type: application/octet-stream\r\n\r\n`);
    yield* bytes;
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return { type: `multipart/form-data; boundary=${boundary}`, body: Readable.from(form()) };
}

function sent(url: string, token: string, { type, body }: ReturnType<typeof formOf>): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": type };
    const asked = request(`${url}/v1/media/upload`, { method: "POST", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    // What it was answered with counts, not that nobody took the rest.
    asked.on("error", reject);
    body.on("error", () => {}).pipe(asked);
  });
}

for (const [name, kind] of Object.entries(KINDS)) {
  test(`${name} takes the example as it is given, and the one of the documentation`, async (t) => {
    assert.equal(await saysOf(t, kind, exampleOf(kind)), "");
    assert.equal(await saysOf(t, kind, documentedOf(name)), "");
    assert.notEqual(await saysOf(t, kind, `${exampleOf(kind)}\nnonsense here;\n`), "", "it finds what is wrong");
  });

  test(`ST3 behind ${name} streams and polls hear both nodes, and streams go on at the other when theirs stops`, async (t) => {
    const { nodes, proxy, person } = await behind(t, kind);
    const [alice, bob] = [await person("alice").signIn(), await person("bob").signIn()];
    const room = await alice.roomWith([bob]);
    const streams = await Promise.all([alice, bob, alice, bob].map((who) => StreamClient.open(t, who)));
    for (const [i, node] of nodes.entries()) await node.person("alice").say(room, `node ${i}`);
    for (const stream of streams) await stream.find(({ content }) => content?.body === "node 1");
    const { next_cursor: since } = assertOk(await alice.get("/v1/sync")).data;
    const polls = [1, 2].map(() => alice.get(`/v1/sync?since=${since}&timeout=20000`));
    await nodes[1].person("alice").say(room, "at last");
    for (const answer of await Promise.all(polls)) assert.match(JSON.stringify(assertOk(answer).data), /at last/);
    await nodes[0].running.close();
    await nodes[1].person("alice").say(room, "meanwhile");
    await Promise.all(
      streams.map(async (stream) => {
        const isHere = () => stream.frames.some(({ content }) => content?.body === "meanwhile");
        await until(() => isHere() || stream.socket.readyState === stream.socket.CLOSED);
        if (!isHere())
          await until(() =>
            stream.resume().then(
              () => true,
              () => false,
            ),
          );
        await stream.find(({ content }) => content?.body === "meanwhile");
      }),
    );
    assert.doesNotMatch(proxy.accessLog, /\/v1\/stream/);
  });

  test(`VS4 BU12 behind ${name} large files and rooms go through as they come, and too large files are told so`, async (t) => {
    const { nodes, person, proxy } = await behind(t, kind);
    const alice = await person("alice").signIn();
    const bytes = randomBytes(MOST - MIB);
    const { media_id } = await uploaded(alice, bytes);
    const path = `/v1/media/download/${media_id}`;
    for (const node of nodes) assert.equal(sha256((await download(node.person("alice"), path)).bytes), sha256(bytes));
    const part = await download(alice, path, { headers: { range: `bytes=${2 * MIB}-${3 * MIB}` } });
    assert.equal(part.status, 206, part.text.slice(0, 300));
    assert.ok(part.bytes.equals(bytes.subarray(2 * MIB, 3 * MIB + 1)));

    // A node has the first of it before the last was sent: nothing gathers it on its way.
    const goOn = Promise.withResolvers<void>();
    async function* inTwo() {
      yield randomBytes(MIB);
      await goOn.promise;
      yield randomBytes(MIB);
    }
    const answer = sent(proxy.url, alice.credential, formOf(inTwo()));
    await until(() => nodes.some(({ running }) => received(join(running.data, "staging")) >= MIB / 2));
    goOn.resolve();
    assert.equal(await answer, 201);

    async function* tooMuch() {
      for (let sentBytes = 0; sentBytes < MOST + 2 * MIB; sentBytes += MIB) yield randomBytes(MIB);
    }
    assert.equal(await sent(proxy.url, alice.credential, formOf(tooMuch())), 413);

    const { id } = assertOk(await importing(alice, largeBundle(600))).data;
    for (const node of nodes) assertOk(await node.person("alice").get(`/v1/rooms/${id}`));
  });

  test(`AP1 behind ${name} failures count by who called, and nobody reads figures or is the operator`, async (t) => {
    const trustedProxies = readNetworks("127.0.0.1")!;
    const { nodes, proxy } = await behind(t, kind, { trustedProxies, failedSignInsPerMinute: 5 });
    // What they write of themselves is passed over.
    const fail = async (from: string, forwarded: string): Promise<number> => {
      const headers = { authorization: "Bearer wrong", "x-forwarded-for": forwarded };
      return (await asked(`${proxy.url}/v1/me`, { headers, localAddress: from })).status;
    };
    let tries = 0;
    const failAgain = (): Promise<number> => fail("127.0.0.2", `2001:db8::${tries++}`);
    while (tries < 5) assert.equal(await failAgain(), 401);
    // The nodes tell each other of it.
    await until(async () => (await failAgain()) === 429);
    assert.equal(await fail("127.0.0.3", "127.0.0.2"), 401);
    assert.equal((await fetch(`${nodes[0].url}/metrics`)).status, 200);
    for (const path of ["/metrics", "/%6detrics", "/metrics?x", "/v1/operator/tenants", "/v1/%6fperator/tenants"]) {
      const { status, text } = await asked(`${proxy.url}${path}`);
      assert.equal(status, 403, path);
      assert.doesNotMatch(text, /SW_/, "it is not asked at all");
    }
  });

  test(`FD12 behind ${name} what servers sign for each other arrives as it was signed`, async (t) => {
    const world = new World(t);
    const hub = await world.start("hub");
    const { nodes, proxy, person } = await behind(t, kind, { federation: { hosts: world.hosts } });
    const { db } = nodes[0].running;
    const tenant = (await findTenantBySlug(db, "dev"))!;
    await db.write(tenant, (tx) => setPolicy(tx, tenant.tenantNo, { default_mode: "open" }, OPERATOR));
    world.hosts.set(tenant.serverName, proxy.url);
    const [ann, bob] = [hub.server.person("ann", "hub"), await person("bob").signIn()];
    const admin = await hub.server.person("admin", "hub").signIn();
    const room = await ann.roomWith([], { name: "Shared" });
    assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: `@bob:${tenant.serverName}` }));
    await until(async () => (await bob.post(`/v1/rooms/${room}/join`)).status === 200);
    const bytes = randomBytes(100_000);
    const { media_id } = await uploaded(bob, bytes);
    assertOk(await bob.post(`/v1/rooms/${room}/send`, { content: { msgtype: "swp.media", media_id } }));
    for (let i = 0; i < 5; i++) await say(i % 2 === 0 ? ann : bob, room, `${i}`);
    await until(async () => (await bodiesOf(bob, room)).filter((body) => body !== null).length === 5);
    await until(async () => (await bodiesOf(ann, room)).filter((body) => body !== null).length === 5);
    // Asked for with a query, and with bytes for an answer.
    assert.equal((await hub.askProfile(tenant.serverName, "bob")).status, 200);
    const sentFile = (await ann.history(room)).find(({ content }) => content?.media_id !== undefined);
    assert.ok((await download(ann, `/v1/media/download/${sentFile!.content.media_id}`)).bytes.equals(bytes));
  });
}

async function asked(url: string, options: RequestOptions = {}): Promise<{ status: number; text: string }> {
  const [answer] = (await once(request(url, options).end(), "response")) as [IncomingMessage];
  const text = Buffer.concat((await answer.toArray()) as Buffer[]).toString();
  return { status: answer.statusCode!, text };
}

function received(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
