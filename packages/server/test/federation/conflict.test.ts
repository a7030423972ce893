import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, assertRefused, type Person, StreamClient } from "@stairwell/testing";
import { type EvilRoom } from "./evil-room.ts";
import { ANN, one, type ReplicaStage, replicaStage, serve, trapped } from "./evil-stage.ts";
import { foldAt, headAt, roomAt, sound } from "./settle.ts";

interface Branch {
  hash: string;
  position: number;
  is_here: boolean;
  chosen: boolean;
  head: { hash: string; position: number; signature: string };
  events: { envelope: { position: number; prev_hash: string }; hash: string; content?: unknown }[];
}

interface Split {
  all: ReplicaStage;
  room: EvilRoom;
  admin: Person;
  at: string;
  /** Heads: of what ann was told first, and of what the hub says now. */
  here: string;
  there: string;
  parts: number;
}

const MALLORY = "@mallory:evil.localhost";
const PAT = "@pat:evil.localhost";

/** A room whose hub has told ann one thing, and then another. */
async function split(t: TestContext): Promise<Split> {
  const all = await replicaStage(t);
  const { home, ann } = all;
  const room = await trapped(all);
  const both = room.message("both have it");
  assert.equal((await one(all, room.deliver([both])[0])).status, "confirmed");
  const parts = both.envelope.position + 1;
  const tell = async (deliver: () => unknown[]) => {
    for (const item of deliver()) await one(all, item);
  };
  const run = (...events: ReturnType<typeof room.message>[]) =>
    events.map((event) => ({ type: "event", event, head: room.head(event) }));
  const target = { event_id: both.envelope.id };
  await tell(() =>
    run(
      room.message("for ann"),
      room.append({ type: "swp.room.name", content: { name: "One" } }),
      room.append({ type: "swp.room.member", content: { participant: PAT, membership: "ban" } }),
      room.append({ type: "swp.room.edit", content: { ...target, content: { body: "edited here" } } }),
      room.append({ type: "swp.room.reaction", content: { ...target, emoji: "👍", action: "add" } }),
    ),
  );
  const here = room.events.at(-1)!.hash;
  assert.equal(await headAt(home, room.id), here);
  room.events.length = parts - 1;
  room.message("for others");
  room.append({ type: "swp.room.topic", content: { topic: "Another" } });
  room.append({ type: "swp.room.member", content: { participant: PAT, membership: "invite" } });
  room.append({ type: "swp.room.reaction", content: { ...target, emoji: "🎉", action: "add" } });
  const last = room.message("for others too", {
    content: { body: "an answer", reply_to_event_id: both.envelope.id },
  });
  assert.equal((await one(all, { type: "event", event: last, head: room.head(last) })).error?.code, "SW_ROOM_FROZEN");
  serve(room);
  const admin = home.server.person("admin", "home");
  await admin.signIn();
  assertRefused(
    await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "no" } }),
    409,
    "SW_ROOM_FROZEN",
    "FD17",
  );
  const at = `/v1/admin/rooms/${room.id}/federation/conflict`;
  return { all, room, admin, at, here, there: last.hash, parts };
}

async function branchesOf({ admin, at }: Split): Promise<{ state: string; branches: Branch[] }> {
  return assertOk(await admin.get(at)).data as { state: string; branches: Branch[] };
}

async function bodiesOf(person: Person, { room }: Split): Promise<unknown[]> {
  return (await person.history(room.id)).map(({ content }) => content?.body).filter((body) => body !== undefined);
}

test("FD17 both proofs of a conflict are kept: two signed heads, and the chains to them from where they part", async (t) => {
  const all = await split(t);
  const { state, branches } = await branchesOf(all);
  assert.equal(state, "conflict");
  assert.deepEqual(
    branches.map(({ head, is_here, chosen }) => [head.hash, is_here, chosen]),
    [
      [all.here, true, false],
      [all.there, false, false],
    ],
  );
  const [ours, theirs] = branches as [Branch, Branch];
  assert.equal(ours.position, theirs.position);
  assert.notEqual(ours.hash, theirs.hash);
  for (const { head, events, hash } of branches) {
    assert.equal(events.at(-1)!.hash, head.hash);
    assert.ok(events[0]!.hash === hash || events[0]!.envelope.prev_hash === hash);
    for (const [i, { envelope, content }] of events.entries()) {
      if (i > 0) assert.equal(envelope.prev_hash, events[i - 1]!.hash);
      assert.equal(content, undefined);
    }
  }
  assertRefused(await all.admin.post(all.at, { choose: "0".repeat(64) }), 400, "SW_REQUEST_INVALID");
  assertRefused(await all.all.ann.get(all.at), 403, "SW_AUTH_INSUFFICIENT_PERMISSION");
});

test("FD17 an administrator who chooses what is here lets it go on, on record, and the other proof stays", async (t) => {
  const all = await split(t);
  const { admin, at, here, room } = all;
  const { home, ann } = all.all;
  const chosen = assertOk(await admin.post(at, { choose: here })).data as { state: string; branches: Branch[] };
  assert.equal(chosen.state, "live");
  assert.deepEqual(
    chosen.branches.map((branch) => branch.chosen),
    [true, false],
  );
  assert.equal(await headAt(home, room.id), here);
  assert.deepEqual(await bodiesOf(ann, all), ["edited here", "for ann"]);
  const audit = assertOk(await admin.get("/v1/admin/audit")).data as { action: string }[];
  assert.equal(audit.filter(({ action }) => action === "federation.choose").length, 1);
  assertRefused(await admin.post(at, { choose: here }), 409, "SW_MEMBER_STATE", "FD17");
  await sound(home);
});

test("FD17 an administrator who chooses the other has it fetched, and the room's rows are what that log says", async (t) => {
  const all = await split(t);
  const { admin, at, there, here, room } = all;
  const { home, ann } = all.all;
  // A hub that gives something else gives nothing.
  const honest = [...room.events];
  room.events.length = all.parts - 1;
  room.message("a third thing");
  assertRefused(await admin.post(at, { choose: there }), 502, "SW_FED_PEER_UNREACHABLE");
  assert.equal(await headAt(home, room.id), here);
  room.events = honest;
  const { state, branches } = assertOk(await admin.post(at, { choose: there })).data as {
    state: string;
    branches: Branch[];
  };
  assert.equal(state, "live");
  assert.deepEqual(
    branches.map(({ head, chosen }) => [head.hash, chosen]),
    [
      [there, true],
      [here, false],
    ],
  );
  assert.equal(await headAt(home, room.id), there);
  assert.deepEqual(await bodiesOf(ann, all), ["both have it", "for others", "an answer"]);
  const items = (await ann.history(room.id)) as unknown as {
    content: { body?: string } | null;
    reactions: { emoji: string }[];
    reply_count: number;
  }[];
  const both = items.find(({ content }) => content?.body === "both have it")!;
  assert.deepEqual([both.reactions.map(({ emoji }) => emoji), both.reply_count], [["🎉"], 1]);
  const { room: fold, members } = room.state();
  const here2 = (await foldAt(home, room.id, [ANN, MALLORY, PAT])) as { room: object; members: { fqid: string }[] };
  assert.deepEqual({ ...here2.room, ...fold }, here2.room);
  for (const member of members) {
    assert.deepEqual(
      here2.members.find(({ fqid }) => fqid === member.fqid),
      { ...member, reason: null },
    );
  }
  assertOk(await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "and on" } }));
  assert.deepEqual((await bodiesOf(ann, all)).at(-1), "and on");
  await sound(home);
});

test("FD17 ST3 ST4 with the choice of the other log streams of the room begin anew, whatever their cursors, and with that of what is here none", async (t) => {
  for (const other of [true, false]) {
    const all = await split(t);
    const { admin, at, there, here, room } = all;
    const { home, ann } = all.all;
    // The newest of what she has is of no shared room: only what is on record tells what it rests on.
    const alone = await ann.roomWith([], { name: "Alone" });
    const stream = await StreamClient.open(t, ann);
    assertOk(await ann.post(`/v1/rooms/${alone}/send`, { content: { body: "seen" } }));
    await stream.find("swp.room.message");
    const since = stream.cursor;
    const poll = async (cursor: string) =>
      assertOk(await ann.get(`/v1/sync?since=${cursor}&timeout=0`)).data as {
        reset?: true;
        next_cursor: string;
        events: unknown[];
      };
    assertOk(await admin.post(at, { choose: other ? there : here }));
    const answer = await poll(since);
    assert.equal(answer.reset === true, other);
    if (other) {
      assert.deepEqual(await stream.closed(), { code: 1012, reason: "resume with your cursor" });
      await stream.resume();
      await stream.find("reset");
    }
    assert.equal((await poll(answer.next_cursor)).reset, undefined);
    // The hub goes on with the other.
    assertOk(await ann.post(`/v1/rooms/${other ? room.id : alone}/send`, { content: { body: "and on" } }));
    const next = await stream.find("swp.room.message");
    assert.deepEqual((next as unknown as { content: object }).content, { body: "and on" });
    assert.equal((await poll(answer.next_cursor)).events.length, 1);
    await sound(home);
  }
});

test("FD17 a conflict ends with the sharing: what waited is refused, the room is read and left, and nothing more is asked", async (t) => {
  const all = await split(t);
  const { admin, here, room } = all;
  const { home, ann } = all.all;
  assert.equal((await ann.post(`/v1/rooms/${room.id}/leave`)).status, 202);
  assertOk(await admin.put(`/v1/admin/rooms/${room.id}/federate`, { enabled: false }));
  const pending = assertOk(await ann.get("/v1/me/pending")).data as { state: string; error: { code: string } }[];
  assert.deepEqual(
    pending.map((each) => [each.state, each.error.code]),
    [["refused", "SW_ROOM_FROZEN"]],
  );
  assert.equal((await roomAt(home, room.id))!.room.federated, false);
  assert.equal(await headAt(home, room.id), here);
  assert.deepEqual(await bodiesOf(ann, all), ["edited here", "for ann"]);
  const listed = assertOk(await ann.get("/v1/directory/rooms")).data as { id: string }[];
  assert.ok(!listed.some(({ id }) => id === room.id));
  await sound(home);
});
