import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, rounds, TestServer, stopwatch } from "@stairwell/testing";
import { openControl } from "../../src/control/index.ts";
import { attached, Poller } from "./poller.ts";
import { mint } from "./tokens.ts";

test("ST4 AU3 a poll that waits ends with 401 when its token is revoked, and tells nothing after", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const { id, holder } = await mint(bob);
  const { next_cursor: since } = assertOk(await bob.get("/v1/sync")).data;
  const polling = holder.get(`/v1/sync?since=${since}&timeout=60000`);
  await attached(bob, alice);
  const took = stopwatch();
  assertOk(await bob.delete(`/v1/me/tokens/${id}`));
  await alice.say(room, "not for them");
  assertRefused(await polling, 401, "SW_AUTH_INVALID_TOKEN");
  assert(took() < 1000);
});

for (const [call, end, told] of [
  ["kick", "kicked", "kicked"],
  ["ban", "banned", "ban"],
] as const) {
  test(`MB14 a poll of somebody who is ${end} ends with that, and tells nothing after`, async (t) => {
    const server = await TestServer.start(t);
    const [alice, bob] = await server.people("alice", "bob");
    const room = await alice.roomWith([bob]);
    const poller = new Poller(bob);
    await poller.poll();
    const polling = poller.poll({ timeout: 60_000 });
    await attached(bob, alice);
    assertOk(await alice.post(`/v1/rooms/${room}/${call}`, { participant_id: bob.id }));
    await alice.say(room, "not for bob");
    await polling;
    await poller.poll({ timeout: 0 });
    assert.deepEqual(
      poller.events.map(({ content }) => content.cause ?? content.membership),
      [told],
    );
  });
}

test("MB14 AU3 the polls of a suspended tenant end with 401 at once, and no others", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await alice.roomWith([bob]);
  const [eve, mallory] = [server.person("eve", "other"), server.person("mallory", "other")];
  const foreign = new Poller(await eve.signIn());
  await foreign.poll();
  const since = assertOk(await bob.get("/v1/sync")).data.next_cursor;
  const polling = [alice, bob].map((person) => person.get(`/v1/sync?since=${since}&timeout=60000`));
  const waiting = foreign.poll({ timeout: 60_000 });
  await attached(alice, bob);
  await attached(bob, alice);
  await attached(eve, mallory);
  const control = await openControl(server.data);
  t.after(() => control.close());
  const took = stopwatch();
  await control.run("tenant.suspend", { slug: "dev" });
  for (const poll of polling) assertRefused(await poll, 401, "SW_AUTH_INVALID_TOKEN");
  assert(took() < 1000);
  assert.equal(foreign.polls, 1);
  await eve.roomWith([]);
  await waiting;
  assert.equal(foreign.polls, 2);
});

test("ST4 a poll that waits ends with 401 when its token expires, and tells nothing after", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const livesMs = 2000;
  const took = stopwatch();
  const expiresAt = Date.now() + livesMs;
  const { holder } = await mint(bob, { expires_at: new Date(expiresAt).toISOString() });
  const since = assertOk(await bob.get("/v1/sync")).data.next_cursor;
  assertRefused(await holder.get(`/v1/sync?since=${since}&timeout=60000`), 401, "SW_AUTH_EXPIRED_TOKEN");
  assert(Date.now() >= expiresAt);
  const ms = took();
  assert(ms < livesMs + 1000, `${ms} ms`);
  await alice.say(room, "not for them");
  assertRefused(await holder.get(`/v1/sync?since=${since}&timeout=0`), 401, "SW_AUTH_EXPIRED_TOKEN");
});

test("AU3 a poll that begins while its token is revoked does not wait with it", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const since = assertOk(await alice.get("/v1/sync")).data.next_cursor;
  for (let round = 0; round < rounds(200); round++) {
    const { id, holder } = await mint(alice);
    await holder.signIn();
    const polling = holder.get(`/v1/sync?since=${since}&timeout=60000`);
    assertOk(await alice.delete(`/v1/me/tokens/${id}`));
    const took = stopwatch();
    assertRefused(await polling, 401, "SW_AUTH_INVALID_TOKEN");
    assert(took() < 1000);
  }
});
