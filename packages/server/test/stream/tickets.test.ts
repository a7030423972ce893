import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import { assertOk, assertRefused, atOnce, Person, StreamClient, TestClock, TestServer } from "@stairwell/testing";
import { Tickets } from "../../src/stream/tickets.ts";
import { RawStream, upgrade } from "./raw.ts";

/** How an upgrade with a ticket is answered. */
async function redeem(t: Parameters<typeof RawStream.connect>[0], url: string, ticket: string): Promise<number> {
  const raw = await RawStream.connect(t, url);
  raw.write(upgrade(url, { path: `/v1/stream?ticket=${ticket}` }));
  await raw.until("\r\n\r\n");
  const status = Number(raw.bytes.toString().split(" ", 2)[1]);
  raw.socket.destroy();
  return status;
}

test("ST1 a ticket opens one stream, of many that try at once", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const { ticket } = assertOk(await alice.post("/v1/stream/ticket")).data;
  const statuses = await atOnce(20, () => redeem(t, server.url, ticket));
  assert.deepEqual(
    statuses.sort((a, b) => a - b),
    [101, ...Array<number>(19).fill(401)],
  );
});

test("ST1 a ticket is good for 30 s", async (t) => {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const issue = async () => assertOk(await alice.post("/v1/stream/ticket")).data;
  const [first, second] = [await issue(), await issue()];
  assert.equal(first.expires_at, new Date(clock.now() + STREAM.ticketMs).toISOString());
  clock.advance(STREAM.ticketMs - 1);
  assert.equal(await redeem(t, server.url, first.ticket), 101);
  clock.advance(1);
  assert.equal(await redeem(t, server.url, second.ticket), 401);
});

test("ST1 AU3 a ticket is what its credential is: revoking that ends it, and the stream it opened", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const { id, token } = assertOk(await alice.post("/v1/me/tokens", { name: "page", scopes: ["read", "write"] })).data;
  const page = new Person(server.url, "alice", token);
  const stream = await StreamClient.open(t, page, { by: "ticket" });
  const { ticket } = assertOk(await page.post("/v1/stream/ticket")).data;
  assertOk(await alice.delete(`/v1/me/tokens/${id}`));
  assert.equal((await stream.closed()).code, CLOSE.credential);
  assert.equal(await redeem(t, server.url, ticket), 401);
  assertRefused(await page.post("/v1/stream/ticket"), 401, "SW_AUTH_INVALID_TOKEN");
});

test("ST1 AP6 a repeat with the same key answers the same ticket, and it still opens one stream", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const issue = () => alice.post("/v1/stream/ticket", undefined, { "idempotency-key": "k" });
  const answers = [await issue(), await issue()];
  assert.deepEqual(answers[0]!.data, answers[1]!.data);
  const { ticket } = answers[0]!.data;
  assert.doesNotMatch(JSON.stringify(await server.db.all("SELECT * FROM receipts")), new RegExp(ticket));
  assert.deepEqual([await redeem(t, server.url, ticket), await redeem(t, server.url, ticket)], [101, 401]);
});

test("tickets are long, unlike each other, and a crowd of unused ones is bounded", () => {
  const clock = new TestClock();
  const tickets = new Tickets(clock);
  const first = tickets.issue("a");
  assert.match(first, /^[A-Za-z0-9_-]{32}$/);
  const many = new Set(Array.from({ length: 100_000 }, () => tickets.issue("b")));
  assert.equal(many.size, 100_000);
  assert.equal(tickets.redeem(first), undefined, "the oldest made room");
  clock.advance(STREAM.ticketMs);
  const fresh = tickets.issue("c");
  for (const one of many) assert.equal(tickets.redeem(one), undefined);
  assert.equal(tickets.redeem(fresh), "c");
});
