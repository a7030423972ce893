import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { automatic, joined, left, state } from "../members/expected.ts";
import { unchanged } from "../support/stage.ts";
import { dmWith, openDm } from "./open-dm.ts";

const listedBy = async (who: Person): Promise<string[]> =>
  assertOk(await who.get("/v1/directory/rooms")).data.map(({ id }: { id: string }) => id);

test("DM4 a side that leaves hides the room from its own list alone", async (t) => {
  const { alice, bob, dm, id } = await openDm(t);
  await dm.appends(() => bob.post(dm.path("/leave")), left(bob));
  assert.deepEqual(await listedBy(bob), []);
  assert.deepEqual(await listedBy(alice), [id]);
  await dm.refuses(() => bob.get(dm.path()), 403, "SW_ROOM_FORBIDDEN", "VS3");
  await dm.refuses(() => bob.post(dm.path("/join")), 403, "SW_ROOM_FORBIDDEN", "VS3");
  const seen = assertOk(await alice.get(dm.path())).data;
  assert.deepEqual([seen.state, seen.members_count, seen.dm_with.id], ["open", 1, bob.id]);
});

test("DM4 a message by the other side brings back the one that left, in the same transaction", async (t) => {
  const { alice, bob, dm, id } = await openDm(t);
  await alice.say(id, "before");
  assertOk(await bob.post(dm.path("/leave")));
  const content = { body: "come back" };
  const said = { event_type: "swp.room.message", sender: alice, content };
  const sent = await dm.appends(() => alice.post(dm.path("/send"), { content }), automatic(joined(bob), 1), said);
  assert.deepEqual(sent.data.content, content);
  const { me } = assertOk(await bob.get(dm.path())).data;
  assert.deepEqual([me.membership, me.power_level, me.unread_count], ["join", 100, 1]);
  assert.equal(me.last_read_event_id, (await bob.history(id)).at(-2).id);
  assert.deepEqual(await listedBy(bob), [id]);
  await dm.appends(() => alice.post(dm.path("/send"), { content }), said);
});

test("DM4 a custom event by the other side brings them back as well", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  assertOk(await bob.post(dm.path("/leave")));
  const event_type = "acme.call.started";
  const send = () => alice.post(dm.path("/send"), { content: {}, event_type });
  await dm.appends(send, automatic(joined(bob), 1), { event_type, sender: alice, content: {} });
});

test("DM4 a refused message brings nobody back", async (t) => {
  const { server, alice, bob, dm } = await openDm(t);
  assertOk(await bob.post(dm.path("/leave")));
  const refused: [content: object, status: number][] = [
    [{ reply_to_event_id: "evt-none" }, 404],
    [{ mentions: ["prt-none"] }, 404],
    [{ body: "x".repeat(64 * 1024) }, 413],
    [{ mentions: "alice" }, 400],
  ];
  await unchanged(server, async () => {
    for (const [content, status] of refused) {
      assert.equal((await alice.post(dm.path("/send"), { content })).status, status);
    }
  });
});

test("DM4 opening the DM brings back whoever left: the caller by their own act, the other by itself", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  assertOk(await bob.post(dm.path("/leave")));
  const own = await dm.appends(() => dmWith(bob, alice), joined(bob));
  assert.deepEqual([own.status, own.data.me.power_level], [200, 100]);
  assertOk(await bob.post(dm.path("/leave")));
  const others = await dm.appends(() => dmWith(alice, bob), { ...joined(bob), sender: null });
  assert.deepEqual([others.status, others.data.members_count], [200, 2]);
  assert.equal(assertOk(await bob.get(dm.path())).data.me.unread_count, 0);
});

test("DM4 a deactivated side is not brought back by a message", async (t) => {
  const { server, alice, bob, dm } = await openDm(t);
  assertOk(await bob.post(dm.path("/leave")));
  // The call that deactivates is not built yet; this is the row that it will write.
  await server.db.write("deployment", (tx) =>
    tx.run("UPDATE participants SET deactivated_at = $1 WHERE fqid = $2", tx.now, bob.me.fqid),
  );
  const content = { body: "anybody there?" };
  await dm.appends(() => alice.post(dm.path("/send"), { content }), {
    event_type: "swp.room.message",
    sender: alice,
    content,
  });
  await dm.refuses(() => dmWith(alice, bob), 404, "SW_PARTICIPANT_NOT_FOUND");
});

test("DM4 when both have left it is archived, in the transaction of the last leave", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  assertOk(await alice.post(dm.path("/leave")));
  const head = await dm.head();
  assertOk(await bob.post(dm.path("/leave")));
  assert.deepEqual([await dm.state(), await dm.head()], ["archived", head + 2]);
  for (const side of [alice, bob]) {
    assert.deepEqual(await listedBy(side), []);
    assertRefused(await side.get(dm.path()), 403, "SW_ROOM_FORBIDDEN", "VS3");
  }
  await dm.appends(() => dmWith(alice, bob), state("open", alice), joined(alice), automatic(joined(bob), 0));
  const events = await bob.history(dm.id);
  const [going, archived] = events.slice(head, head + 2);
  assert.deepEqual([going.content.cause, going.sender_id], ["left", bob.id]);
  assert.deepEqual([archived.sender_id, archived.content], [null, { state: "archived", cause_event_id: going.id }]);
});
