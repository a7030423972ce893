import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, StreamClient } from "@stairwell/testing";
import { ANN, BOB, idOf, pair, say, shared } from "./pair.ts";
import { roomAt, settled, until } from "./settle.ts";

interface Summary {
  id: string;
  fqid: string;
  local_id: string;
  server_name: string;
  participant_type: string;
  display_name: string;
}

async function found(person: Person, query = ""): Promise<Summary[]> {
  return assertOk(await person.get(`/v1/directory/participants${query}`)).data as unknown as Summary[];
}

const names = (people: readonly Summary[]) => people.map(({ fqid }) => fqid);

test("people of other servers are found by those who are in a room with them, and by nobody else", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const cora = b.server.person("cora", "b");
  await cora.signIn();
  const dora = a.server.person("dora", "a");
  await dora.signIn();
  const room = await shared(all);
  // Somebody whom dora alone speaks with, and whom nobody else need know of.
  assertOk(await dora.post("/v1/me/federated-dms", { fqid: "@cora:b.localhost" }));
  const ours = ["@admin:a.localhost", ANN, "@dora:a.localhost"];
  assert.deepEqual(names(await found(ann)), [...ours.slice(0, 2), BOB, ours[2]]);
  assert.deepEqual(names(await found(dora)), [...ours.slice(0, 2), "@cora:b.localhost", ours[2]]);
  assert.deepEqual(names(await found(admin)), ours);
  assert.deepEqual(names(await found(ann, "?type=federated")), [BOB]);
  assert.deepEqual(names(await found(admin, "?type=federated")), []);
  const all2 = assertOk(await admin.get("/v1/admin/participants?type=federated")).data as unknown as Summary[];
  assert.deepEqual(names(all2).sort(), [BOB, "@cora:b.localhost"]);
  const [seen] = await found(ann, "?q=BOB");
  const { local_id, server_name, participant_type, display_name } = seen!;
  assert.deepEqual([local_id, server_name, participant_type, display_name], ["bob", b.name, "federated", "bob"]);
  for (const q of ["b.localhost", "@bob:b", "bob:b.localhost"])
    assert.deepEqual(names(await found(ann, `?q=${q}`)), [BOB]);
  assert.deepEqual(names(await found(ann, "?q=cora")), []);
  assert.deepEqual(names(await found(bob, "?q=a.localhost")), [ANN]);
  const page = await ann.get("/v1/directory/participants?limit=2");
  assert.equal((page.meta as { total: number }).total, 4);
  const rest = await found(ann, `?limit=2&cursor=${(page.meta as { next_cursor: string }).next_cursor}`);
  assert.deepEqual(names(rest), [BOB, ours[2]]);

  const members = async (person: Person, query: string) => {
    const { data } = assertOk(await person.get(`/v1/rooms/${room}/members${query}`));
    return (data as unknown as { participant: Summary }[]).map(({ participant }) => participant.fqid);
  };
  assert.deepEqual(await members(ann, ""), [ANN, BOB]);
  assert.deepEqual(await members(bob, ""), [ANN, BOB]);
  assert.deepEqual(await members(ann, "?q=b.localhost"), [BOB]);
  assert.deepEqual(await members(bob, "?q=ann"), [ANN]);

  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  await settled([a, b], room);
  assert.deepEqual(names(await found(ann, "?q=bob")), []);
});

interface Entry {
  kind: "mention" | "invite";
  room: { id: string; room_type: string; dm_with?: Summary };
  message?: { content: { body: string } | null; sender_id: string };
  invited_by?: Summary | null;
}

async function inbox(person: Person, query = ""): Promise<Entry[]> {
  return assertOk(await person.get(`/v1/inbox${query}`)).data as unknown as Entry[];
}

test("people of other servers mention, answer and invite as those of one do, and their rooms stand in the same lists", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann, bob } = all;
  const room = await shared(all);
  const [atA, atB] = [await StreamClient.open(t, ann), await StreamClient.open(t, bob)];
  const annAtB = await idOf(bob, room, ANN);
  const bobAtA = await idOf(ann, room, BOB);
  for (const [from, to, stream, by, name] of [
    [bob, ann, atA, bobAtA, annAtB],
    [ann, bob, atB, annAtB, bobAtA],
  ] as const) {
    const content = { body: "look", mentions: [name] };
    assertOk(await from.post(`/v1/rooms/${room}/send`, { content }));
    const { room_id, reason } = await stream.find("notification");
    assert.deepEqual([room_id, reason], [room, "mention"]);
    const [entry] = await inbox(to, "?kind=mention");
    assert.deepEqual([entry!.room.id, entry!.message!.content?.body, entry!.message!.sender_id], [room, "look", by]);
    const { me } = assertOk(await to.get(`/v1/rooms/${room}`)).data as { me: { mention_count: number } };
    assert.equal(me.mention_count, 1);
    await say(to, room, "seen");
    await settled([a, b], room);
  }
  // A reply is a mention of whom it answers, wherever they are.
  const asked = await say(ann, room, "who?");
  await settled([a, b], room);
  assertOk(await bob.post(`/v1/rooms/${room}/send`, { content: { body: "me", reply_to_event_id: asked } }));
  await until(async () => ((await inbox(ann))[0]?.message?.content?.body === "me" ? true : undefined), "the answer");

  const second = await ann.roomWith([], { name: "Second" });
  assertOk(await admin.put(`/v1/admin/rooms/${second}/federate`, { enabled: true }));
  await a.setPolicy({ members_may_invite: true });
  assertOk(await ann.post(`/v1/rooms/${second}/invite`, { fqid: BOB, reason: "please" }));
  await until(() => roomAt(b, second), "the invite");
  const direct = (assertOk(await bob.post("/v1/me/federated-dms", { fqid: ANN })).data as { id: string }).id;
  await until(async () => ((await inbox(ann, "?kind=invite")).length === 1 ? true : undefined), "the invite");
  for (const [person, of, type, by] of [
    [bob, second, "group", ANN],
    [ann, direct, "dm", BOB],
  ] as const) {
    const [entry] = await inbox(person, "?kind=invite");
    assert.deepEqual([entry!.room.id, entry!.room.room_type, entry!.invited_by?.fqid], [of, type, by]);
    if (type === "dm") assert.equal(entry!.room.dm_with?.fqid, BOB);
    const { data } = assertOk(await person.get("/v1/directory/rooms?membership=invite"));
    assert.deepEqual(
      (data as unknown as { id: string }[]).map(({ id }) => id),
      [of],
    );
    assertOk(await person.post(`/v1/rooms/${of}/join`));
    assert.deepEqual(await inbox(person, "?kind=invite"), []);
  }
  for (const [person, other] of [
    [ann, BOB],
    [bob, ANN],
  ] as const) {
    const { data } = assertOk(await person.get("/v1/directory/rooms?room_type=dm"));
    const rooms = data as unknown as { id: string; dm_with: Summary }[];
    assert.deepEqual(
      rooms.map(({ id, dm_with }) => [id, dm_with.fqid]),
      [[direct, other]],
    );
  }
  // A DM tells of every message.
  atA.takeAll();
  const told = await say(bob, direct, "only you");
  const note = await atA.find("notification");
  assert.deepEqual([note["room_id"], note["event_id"], note["reason"]], [direct, told, "message"]);
});
