import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { type TestContext, test } from "node:test";
import { type RunningServer, startServer } from "@stairwell/server/testing";
import { assertOk, Person, StreamClient, TestServer } from "@stairwell/testing";
import { distinct, sayEverything } from "./said.ts";

/** A server that logs all it ever logs, and the log. */
async function startLogged(t: TestContext): Promise<{ server: RunningServer; lines: string[] }> {
  const lines: string[] = [];
  const note = (facts: object, message: string) =>
    void lines.push(`${message} ${inspect(facts, { depth: 20, maxStringLength: Infinity })}`);
  const data = mkdtempSync(join(tmpdir(), "stairwell-"));
  const server = await startServer({
    data,
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: { debug: note, info: note, warn: note, error: note },
    logRequests: true,
  });
  t.after(async () => {
    await server.close();
    rmSync(data, { recursive: true, force: true });
  });
  return { server, lines };
}

test("DEL4 no line of the log holds anything that was said, whether it was taken, refused or failed", async (t) => {
  const { server, lines } = await startLogged(t);
  const people = ["alice", "bob", "carol"].map((name) => new Person(server.url, name, `dev-${name}@dev`));
  for (const person of people) await person.signIn();
  const [alice, bob, carol] = people as [Person, Person, Person];
  const { room, message, words } = await sayEverything([alice, bob, carol], { room_type: "incognito" });
  const said = distinct();
  const path = `/v1/rooms/${room}`;
  const asked: [method: string, path: string, body: unknown, status: number][] = [
    ["POST", `${path}/send`, { content: { body: said }, event_uuid: said }, 201],
    ["POST", `${path}/send`, { content: { body: `${said}!` }, event_uuid: said }, 409],
    ["POST", `${path}/send`, `{"content": {"body": ${said}}}`, 400],
    ["POST", `${path}/send`, `{"content": {"body": "${said}"}, "content": {}}`, 400],
    ["POST", `${path}/send`, { content: { body: said, mentions: [said] } }, 404],
    ["POST", `${path}/send`, { content: { body: said.repeat(4000) } }, 413],
    ["POST", `${path}/send`, { content: said, [said]: said }, 400],
    ["POST", `${path}/send`, { content: {}, event_type: said }, 400],
    ["PUT", `${path}/name`, { name: `${said}\u202e` }, 400],
    ["POST", `${path}/events/${message}/edit`, { content: [said] }, 400],
    ["POST", `${path}/events/${message}/reaction`, { emoji: said }, 400],
    ["GET", `/v1/directory/rooms?q=${said}`, undefined, 200],
    ["POST", `${path}/events/${message}/redact`, { reason: said }, 200],
  ];
  for (const [method, at, body, status] of asked) {
    const answer = await alice.request(method, at, body, { "idempotency-key": said.slice(0, 20) + String(status) });
    assert.equal(answer.status, status, `${method} ${at} ${JSON.stringify(answer.error)}`);
  }
  const stream = await StreamClient.open(t, bob);
  assert.equal((await stream.ask({ type: "send", room_id: room, content: { body: said } })).type, "ack");
  assert.equal((await stream.ask({ type: "send", room_id: room, content: said })).type, "error");
  await stream.cut();
  // The store fails under a message; the cause is logged.
  await server.db.write("deployment", (tx) => tx.run("DROP TABLE reading"));
  assert.equal((await alice.post(`${path}/send`, { content: { body: said } })).status, 500);

  const log = lines.join("\n");
  assert.match(log, /request failed/);
  assert.match(log, /no such table/);
  assert(lines.length > asked.length, "requests are logged");
  for (const word of [...Object.values(words), said]) assert(!log.includes(word), word);
});

test("DEL4 kept answers hold references: nothing of a body, nor a hash by which it could be guessed", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const word = distinct();
  const calls: [path: string, body: object][] = [
    [`/v1/rooms`, { room_type: "group", name: word, topic: word }],
    [`/v1/rooms/${room}/send`, { content: { body: word } }],
    [`/v1/rooms/${room}/kick`, { participant_id: bob.id, reason: word }],
    [`/v1/rooms/${room}/archive`, { reason: word }],
  ];
  for (const [i, [path, body]] of calls.entries())
    assertOk(await alice.post(path, body, { "idempotency-key": `k-${i}` }));
  const receipts = await server.db.all("SELECT * FROM receipts");
  assert.equal(receipts.length, calls.length);
  const kept = JSON.stringify(receipts);
  assert(!kept.includes(word));
  for (const [, body] of calls) {
    const hash = createHash("sha256").update(JSON.stringify(body)).digest("hex");
    assert(!kept.includes(hash), "whoever guesses the body must not find it confirmed");
  }
});

test("DEL4 a repeat of a send shows what became of the message, and nothing of what it said", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const word = distinct();
  const body = { content: { body: word }, event_uuid: "u-1" };
  const send = (headers: Record<string, string>) => alice.post(`/v1/rooms/${room}/send`, body, headers);
  const first = assertOk(await send({ "idempotency-key": "k-1" })).data;
  assert.equal(first.content.body, word);
  assertOk(await alice.post(`/v1/rooms/${room}/events/${first.id}/redact`));
  for (const headers of [{ "idempotency-key": "k-1" }, { "idempotency-key": "k-2" }, {}]) {
    const again = await send(headers as Record<string, string>);
    assert.deepEqual([again.status, again.data.id, again.data.content], [201, first.id, null]);
    assert.notEqual(again.data.redacted_at, null);
    assert(!JSON.stringify(again).includes(word));
  }
});

test("DEL4 a stream that resumes, and a poll, get no content that was redacted meanwhile", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const { cursor } = stream;
  await stream.cut();
  const word = distinct();
  const { id } = await alice.say(room, word);
  assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/edit`, { content: { body: `${word}s` } }));
  assertOk(await alice.post(`/v1/rooms/${room}/events/${id}/redact`));
  const again = await StreamClient.open(t, bob, { since: cursor });
  await again.find("swp.room.redaction");
  const polled = assertOk(await bob.get(`/v1/sync?since=${encodeURIComponent(cursor)}&timeout=0`));
  for (const text of [JSON.stringify(again.frames), JSON.stringify(polled.data)]) {
    assert(text.includes(id), "the event is there");
    assert(!text.includes(word));
  }
});
