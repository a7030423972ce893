import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, rounds } from "@stairwell/testing";
import { verify } from "../../src/verify/index.ts";
import { type EvilPeer, makeKey, send } from "./evil-peer.ts";
import { post, propose, results } from "./evil-room.ts";
import { hubStage, MALLORY, member, MESSAGE, said } from "./evil-stage.ts";
import { headAt, until } from "./settle.ts";

test("FIN-06 FIN-21 FIN-22 FIN-31 a server asks for its own people alone, for what they may, as they signed it", async (t) => {
  const { home, evil, stranger, ann, room, own } = await hubStage(t);
  const before = await headAt(home, room);
  const bystander = await headAt(home, own);
  const { id: annsEvent } = (await ann.history(own))[0];
  const good = propose(evil, room, said("good"));
  const event = (item: typeof good) => (item as unknown as { event: Record<string, unknown> }).event;
  const of = (item: typeof good, bend: object) => ({ type: "submit", event: { ...event(item), ...bend } });
  const bad: [string, unknown][] = [
    ["ann of ours", propose(evil, room, { ...said("x"), sender: "@ann:home.localhost" })],
    ["pat of a third", propose(evil, room, { ...said("x"), sender: "@pat:third.localhost" })],
    ["our server", propose(evil, room, { ...said("x"), sender: "@:home.localhost" })],
    ["its own server", propose(evil, room, { ...said("x"), sender: "@:evil.localhost" })],
    ["mallory for ann", propose(evil, room, { ...said("x"), acted_by: "@ann:home.localhost" })],
    ["somebody of theirs who is not there", propose(evil, room, { ...said("x"), sender: "@eve:evil.localhost" })],
    ["a room of ours", propose(evil, own, said("x"))],
    ["a room of nobody", propose(evil, "room-none", said("x"))],
    ["signed for another room", propose(evil, room, said("x"), { signed: { room_id: own } })],
    ["signed as another's", propose(evil, room, said("x"), { signed: { sender: "@eve:evil.localhost" } })],
    ["signed as another type", propose(evil, room, said("x"), { signed: { event_type: "x.y" } })],
    ["signed at another time", propose(evil, room, said("x"), { signed: { origin_ts: 1 } })],
    ["by a key that is not published", propose(evil, room, said("x"), { key: makeKey() })],
    ["by another server's key", propose(evil, room, said("x"), { key: stranger.key })],
    ["other content", of(good, { content: { body: "other" } })],
    ["other salt", of(good, { salt: "B".repeat(22) })],
    ["another's signature", of(good, { signature: event(propose(evil, room, said("y")))["signature"] })],
    ["a time after all", propose(evil, room, said("x"), { signed: { origin_ts: 9e15 }, sent: { origin_ts: 9e15 } })],
    ["an id with a line end", propose(evil, room, said("x"), { signed: { id: "a\nb" }, sent: { id: "a\nb" } })],
    ["a beginning", propose(evil, room, { type: "swp.room.create", content: { room_type: "group" } })],
    ["a sharing", propose(evil, room, { type: "swp.room.federation", content: { enabled: false } })],
    ["a visibility", propose(evil, room, { type: "swp.room.visibility", content: { is_public: true } })],
    ["a workspace", propose(evil, room, { type: "swp.room.workspace", content: { workspace_id: "ws-1" } })],
    ["what is of the platform", propose(evil, room, { type: "swp.room.unheard_of", content: {} })],
    [
      "a power for itself",
      propose(evil, room, { type: "swp.room.power", content: { participant: MALLORY, power_level: 100 } }),
    ],
    [
      "ann's power",
      propose(evil, room, { type: "swp.room.power", content: { participant: "@ann:home.localhost", power_level: 0 } }),
    ],
    ["a kick", propose(evil, room, member("@ann:home.localhost", "leave", { cause: "kicked" }))],
    ["a ban", propose(evil, room, member("@ann:home.localhost", "ban"))],
    [
      "ann's leave",
      propose(evil, room, {
        ...member("@ann:home.localhost", "leave", { cause: "left" }),
        sender: "@ann:home.localhost",
      }),
    ],
    ["nobody invited", propose(evil, room, member("@nobody:home.localhost", "invite", { invited_by: MALLORY }))],
    ["another tenant's invited", propose(evil, room, member("@ann:dev.localhost", "invite", { invited_by: MALLORY }))],
    ["a name", propose(evil, room, { type: "swp.room.name", content: { name: "Mine" } })],
    ["a close", propose(evil, room, { type: "swp.room.state", content: { state: "closed" } })],
    [
      "an edit of ann's",
      propose(evil, room, { type: "swp.room.edit", content: { event_id: annsEvent, content: { body: "x" } } }),
    ],
    ["a redaction of ann's", propose(evil, room, { type: "swp.room.redaction", content: { event_id: annsEvent } })],
    ["an unknown key", of(good, { unsigned: {} })],
    ["no signature", of(good, { signature: null })],
    [
      "a profile of ann",
      { type: "profile", fqid: "@ann:home.localhost", display_name: "x", participant_type: "human" },
    ],
    [
      "a profile of pat",
      { type: "profile", fqid: "@pat:third.localhost", display_name: "x", participant_type: "human" },
    ],
    ["ann resigned", { type: "resign", room_id: room, participant: "@ann:home.localhost", cause: "deactivated" }],
    ["pat resigned", { type: "resign", room_id: room, participant: "@pat:third.localhost", cause: "deactivated" }],
    ["mallory resigned elsewhere", { type: "resign", room_id: own, participant: MALLORY, cause: "deactivated" }],
    ["ann typing", { type: "typing", room_id: room, participant: "@ann:home.localhost", typing: true }],
    ["a type of the platform", { type: "__proto__" }],
    ["nothing", null],
  ];
  const mixed = bad.flatMap(([, item]) => item);
  for (let at = 0; at < mixed.length; at += 20) {
    const told = await results(evil, home, mixed.slice(at, at + 20));
    told.forEach(({ status }, i) => assert.equal(status, "refused", bad[at + i]![0]));
  }
  assert.equal(await headAt(home, room), before);
  assert.equal(await headAt(home, own), bystander);
  // FIN-26, FIN-35, FIN-45: between neighbours that are bad, and however often it comes, it is taken once.
  const batch = [...mixed.slice(0, 10), good, ...mixed.slice(10, 20)];
  const told = await Promise.all(Array.from({ length: 10 }, () => results(evil, home, batch)));
  for (const each of told) {
    assert.deepEqual(each[10], told[0]![10]);
    assert.equal(each[10]!.status, "sequenced");
    assert.equal(each.filter(({ status }) => status === "refused").length, 20);
  }
  const bodies = (await ann.history(room)).filter(({ event_type }) => event_type === MESSAGE);
  assert.deepEqual(
    bodies.map(({ content }) => content.body),
    ["good"],
  );
  // FIN-16: the same id with other words is another event, and is not taken.
  const id = event(good)["id"];
  const reused = propose(evil, room, said("other"), { signed: { id }, sent: { id } });
  assert.equal((await results(evil, home, [reused]))[0]!.error?.code, "SW_IDEMPOTENCY_CONFLICT");
  assert.deepEqual((await verify(home.server.db)).findings, []);
});

test("FIN-19 FIN-33 a server that shares no room is told of none, whatever it asks, and alike", async (t) => {
  const { home, evil, stranger, room, own } = await hubStage(t);
  const get = (peer: EvilPeer, path: string) => {
    const target = `/_stairwell/federation/v1/rooms/${path}`;
    return send(home.server.url, "GET", target, peer.sign(home.name, "GET", target));
  };
  for (const call of ["backfill?after=0&limit=10", "backfill?before=5", "members"]) {
    const seen = [];
    for (const [peer, at] of [
      [stranger, room],
      [stranger, own],
      [evil, own],
      [evil, "room-none"],
      [evil, "%00"],
      [evil, "__proto__"],
    ] as const) {
      const { status, body } = await get(peer, `${at}/${call}`);
      seen.push([status, body.error?.code, body.error?.message]);
    }
    for (const each of seen) assert.deepEqual(each, seen[0], call);
    assert.equal(seen[0]![0], 404);
    assert.equal((await get(evil, `${room}/${call}`)).status, 200, call);
  }
  const asked = await results(stranger, home, [
    propose(stranger, room, { ...said("x"), sender: "@pat:third.localhost" }),
    propose(stranger, own, { ...said("x"), sender: "@pat:third.localhost" }),
    propose(stranger, "room-none", { ...said("x"), sender: "@pat:third.localhost" }),
  ]);
  for (const each of asked) assert.deepEqual(each, asked[0]);
  assert.equal(asked[0]!.error?.code, "SW_ROOM_NOT_FOUND");
});

test("FIN-30 FIN-32 FIN-33 who is banned does not come back, and after the last has left nothing more is given", async (t) => {
  const { home, evil, ann, room } = await hubStage(t);
  const [past] = [propose(evil, room, said("before the ban"), { signed: { origin_ts: 5 }, sent: { origin_ts: 5 } })];
  const members = assertOk(await ann.get(`/v1/rooms/${room}/members`)).data as {
    participant: { fqid: string; id: string };
  }[];
  const { id } = members.find(({ participant }) => participant.fqid === MALLORY)!.participant;
  assertOk(await ann.post(`/v1/rooms/${room}/ban`, { participant_id: id }));
  const banned = await headAt(home, room);
  const tries = [past, propose(evil, room, member(MALLORY, "join")), propose(evil, room, said("after"))];
  for (const { status } of await results(evil, home, tries)) assert.equal(status, "refused");
  assert.equal(await headAt(home, room), banned);
  await ann.say(room, "among us");
  const target = `/_stairwell/federation/v1/rooms/${room}/backfill?after=0&limit=1000`;
  const { body } = await send(home.server.url, "GET", target, evil.sign(home.name, "GET", target));
  const { events } = body.data as { events: { hash: string; content?: { body?: string } }[] };
  assert.equal(events.at(-1)!.hash, banned);
  assert.ok(events.every(({ content }) => content?.body !== "among us"));
});

test("FIN-27 FIN-28 FIN-36 FIN-37 too many, too large and doubtful bodies are refused whole", async (t) => {
  const { home, evil, room } = await hubStage(t);
  const one = JSON.stringify(propose(evil, room, said("x")));
  const status = async (whole: string) => (await post(evil, home, [], whole).catch(() => ({ status: 413 }))).status;
  assert.equal(await status(`{"items":[${Array.from({ length: 51 }, () => one).join()}]}`), 400);
  assert.equal(await status(`{"items":["${"x".repeat(1024 * 1024)}"]}`), 413);
  for (const whole of [
    `{"items":[],"items":[${one}]}`,
    `{"items":[${one}],"more":1}`,
    `{"items":[${one.replace("{", '{"__proto__":{},')}]}`,
    `{"items":[${"[".repeat(10_000)}${"]".repeat(10_000)}]}`,
    `{"items":[1e999]}`,
    `{"items":[9007199254740993]}`,
    `{"items":["\\ud800"]}`,
    `{"items":[NaN]}`,
    "[]",
    "null",
    "",
    "\ufeff{}",
  ]) {
    assert.equal(await status(whole), 400, whole.slice(0, 60));
  }
});

test("FIN-45 a batch that comes twice at once, and a kick beside it, leave one log that verifies", async (t) => {
  const { home, evil, ann, admin, room } = await hubStage(t);
  const members = assertOk(await ann.get(`/v1/rooms/${room}/members`)).data as {
    participant: { fqid: string; id: string };
  }[];
  const { id } = members.find(({ participant }) => participant.fqid === MALLORY)!.participant;
  for (let round = 0; round < rounds(200); round++) {
    const item = propose(evil, room, said(`round ${round}`));
    const [kicked, told] = await Promise.all([
      ann.post(`/v1/rooms/${room}/kick`, { participant_id: id }),
      atOnce(4, () => results(evil, home, [item])),
    ]);
    assertOk(kicked);
    const statuses = new Set(told.map(([result]) => result!.status));
    const stands = (await ann.history(room)).filter(({ content }) => content?.body === `round ${round}`).length;
    assert.equal(stands, statuses.has("sequenced") ? 1 : 0, [...statuses].join());
    const [late] = await results(evil, home, [propose(evil, room, said("late"))]);
    assert.equal(late!.status, "refused");
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: MALLORY, reason: "again" }));
    const [back] = await results(evil, home, [propose(evil, room, member(MALLORY, "join"))]);
    assert.equal(back!.status, "sequenced");
  }
  assert.deepEqual((await verify(home.server.db)).findings, []);
  await until(async () => ((await headAt(home, room)) === undefined ? undefined : true), "the room");
});
