import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person, TestClock } from "@stairwell/testing";
import { foreigner, openStage, unchanged } from "../support/stage.ts";

const FOREVER = "9999-12-31T23:59:59.999Z";
const SECOND = 1000;

const setMode = (who: Person, room: string, mode: unknown) => who.put(`/v1/rooms/${room}/notification-mode`, { mode });
const mute = (who: Person, room: string, body: unknown) => who.put(`/v1/rooms/${room}/mute`, body);
const wire = (unixMs: number) => new Date(unixMs).toISOString();

/** Where a person sees how they want to hear of a room. */
async function shown(who: Person, room: string) {
  const { me } = assertOk(await who.get(`/v1/rooms/${room}`)).data;
  const members = assertOk(await who.get(`/v1/rooms/${room}/members`)).data;
  const own = members.find(({ participant_id }: { participant_id: string }) => participant_id === who.id);
  return [me, own].map(({ notification_mode, muted_until }) => ({ notification_mode, muted_until }));
}

async function assertShown(who: Person, room: string, notification_mode: string, muted_until: string | null) {
  const expected = { notification_mode, muted_until };
  assert.deepEqual(await shown(who, room), [expected, expected]);
}

test("RD3 a mode is set, answered and shown in one's own rows, and leaves the mute alone", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  await assertShown(bob, room, "inherit", null);
  assertOk(await mute(bob, room, { muted_until: "forever" }));
  for (const mode of ["all", "mentions", "none", "inherit", "inherit"]) {
    const { data } = assertOk(await setMode(bob, room, mode));
    assert.deepEqual(data, { notification_mode: mode, muted_until: FOREVER });
    await assertShown(bob, room, mode, FOREVER);
  }
  await assertShown(alice, room, "inherit", null);
});

test("RD3 a mute lasts until a time, for a time, or for good, and null ends it", async (t) => {
  const clock = new TestClock();
  const { alice } = await openStage(t, ["alice"], { clock });
  const room = await alice.roomWith([]);
  const until = wire(clock.now() + 90 * SECOND);
  const cases: [body: object, until: string | null][] = [
    [{ muted_until: until }, until],
    [{ muted_until: until.replace("Z", "+00:00") }, until],
    [{ duration_seconds: 1 }, wire(clock.now() + SECOND)],
    [{ duration_seconds: 31_536_000 }, wire(clock.now() + 31_536_000 * SECOND)],
    [{ muted_until: "forever" }, FOREVER],
    [{ muted_until: FOREVER }, FOREVER],
    [{ muted_until: wire(clock.now() + 1) }, wire(clock.now() + 1)],
    [{ muted_until: null }, null],
    [{ muted_until: null }, null],
  ];
  for (const [body, expected] of cases) {
    const { data } = assertOk(await mute(alice, room, body));
    assert.deepEqual(data, { notification_mode: "inherit", muted_until: expected }, JSON.stringify(body));
    await assertShown(alice, room, "inherit", expected);
  }
});

test("RD3 at its end a mute reads null everywhere and its room counts as unmuted, with no sweep", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob } = await openStage(t, ["alice", "bob"], { clock });
  const room = await alice.roomWith([bob]);
  await alice.say(room, "one", { mentions: [bob.id] });
  assertOk(await mute(bob, room, { duration_seconds: 60 }));
  const end = clock.now() + 60 * SECOND;
  const totals = async () => {
    const { rooms, totals: sums } = assertOk(await bob.get("/v1/rooms/unread")).data;
    return { muted: rooms[0].muted, ...sums };
  };
  clock.advance(60 * SECOND - 1);
  await assertShown(bob, room, "inherit", wire(end));
  const muted = { muted: true, unread_count: 0, mention_count: 0, muted_unread_count: 1, muted_mention_count: 1 };
  assert.deepEqual(await totals(), muted);
  const counts = assertOk(await bob.get(`/v1/rooms/${room}`)).data.me;
  assert.deepEqual([counts.unread_count, counts.mention_count], [1, 1]);
  clock.advance(1);
  await unchanged(server, async () => {
    await assertShown(bob, room, "inherit", null);
    const unmuted = { muted: false, unread_count: 1, mention_count: 1, muted_unread_count: 0, muted_mention_count: 0 };
    assert.deepEqual(await totals(), unmuted);
  });
  assert.equal(assertOk(await setMode(bob, room, "all")).data.muted_until, null);
});

test("RD3 a new mute has its own end only, be it earlier or later", async (t) => {
  const clock = new TestClock();
  const { alice } = await openStage(t, ["alice"], { clock });
  const room = await alice.roomWith([]);
  for (const seconds of [100, 10, 1000]) assertOk(await mute(alice, room, { duration_seconds: seconds }));
  assertOk(await mute(alice, room, { muted_until: null }));
  assertOk(await mute(alice, room, { duration_seconds: 5 }));
  await assertShown(alice, room, "inherit", wire(clock.now() + 5 * SECOND));
});

test("RD3 a mute must name one end, in the future, that RFC 3339 can say", async (t) => {
  const clock = new TestClock();
  const { server, alice } = await openStage(t, ["alice"], { clock });
  const room = await alice.roomWith([]);
  const later = wire(clock.now() + SECOND);
  const wrong: [body: unknown, path: string][] = [
    [{}, ""],
    [{ muted_until: later, duration_seconds: 5 }, ""],
    [{ muted_until: null, duration_seconds: 5 }, ""],
    [{ muted_until: wire(clock.now()) }, "/muted_until"],
    [{ muted_until: wire(clock.now() - SECOND) }, "/muted_until"],
    [{ muted_until: "1970-01-01T00:00:00Z" }, "/muted_until"],
    [{ muted_until: "9999-12-31T23:59:59-01:00" }, "/muted_until"],
    [{ muted_until: "Forever" }, "/muted_until"],
    [{ muted_until: "" }, "/muted_until"],
    [{ muted_until: "tomorrow" }, "/muted_until"],
    [{ muted_until: 253_402_300_799_999 }, "/muted_until"],
    [{ muted_until: true }, "/muted_until"],
    [{ duration_seconds: 0 }, "/duration_seconds"],
    [{ duration_seconds: -5 }, "/duration_seconds"],
    [{ duration_seconds: 1.5 }, "/duration_seconds"],
    [{ duration_seconds: 31_536_001 }, "/duration_seconds"],
    [{ duration_seconds: "60" }, "/duration_seconds"],
    [{ duration_seconds: null }, "/duration_seconds"],
  ];
  await unchanged(server, async () => {
    for (const [body, path] of wrong) {
      const refused = await mute(alice, room, body);
      assertRefused(refused, 400, "SW_REQUEST_INVALID");
      const paths = (refused.error.details as { path: string }[]).map((fault) => fault.path);
      assert(paths.includes(path), `${JSON.stringify(body)}: ${paths.join(", ")}`);
    }
    for (const mode of ["loud", "", null, 1, "ALL"]) {
      assertRefused(await setMode(alice, room, mode), 400, "SW_REQUEST_INVALID");
    }
    assertRefused(await mute(alice, room, { muted_until: null, mode: "all" }), 400, "SW_REQUEST_INVALID");
  });
});

test("RD3 only the joined have settings of a room; to whom it is hidden it is unknown", async (t) => {
  const { server, alice, bob, carol, dave, erin } = await openStage(t, ["alice", "bob", "carol", "dave", "erin"]);
  const stranger = await foreigner(server, "eve");
  const [open, hidden] = [await alice.roomWith([carol], { room_type: "public" }), await alice.roomWith([carol])];
  for (const room of [open, hidden]) {
    assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
    assertOk(await carol.post(`/v1/rooms/${room}/leave`));
    assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: dave.id }));
  }
  const calls = [
    (who: Person, room: string) => setMode(who, room, "all"),
    (who: Person, room: string) => mute(who, room, { muted_until: "forever" }),
  ];
  await unchanged(server, async () => {
    for (const call of calls) {
      assertRefused(await call(bob, hidden), 403, "SW_ROOM_FORBIDDEN", "RD3");
      assertRefused(await call(carol, hidden), 403, "SW_ROOM_FORBIDDEN", "VS3");
      assertRefused(await call(dave, hidden), 403, "SW_ROOM_FORBIDDEN", "MB2");
      assertRefused(await call(erin, open), 403, "SW_ROOM_FORBIDDEN", "RD3");
      for (const who of [erin, stranger]) assertRefused(await call(who, hidden), 404, "SW_ROOM_NOT_FOUND");
      assertRefused(await call(stranger, open), 404, "SW_ROOM_NOT_FOUND");
    }
  });
});

test("LC1 RD3 mode and mute are one's own in archived and closed rooms as well", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  for (const [verb, mode] of [
    ["archive", "none"],
    ["close", "all"],
  ] as const) {
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
    const head = assertOk(await bob.get(`/v1/rooms/${room}`)).data.head;
    assertOk(await setMode(bob, room, mode));
    assertOk(await mute(bob, room, { muted_until: verb === "archive" ? "forever" : null }));
    await assertShown(bob, room, mode, verb === "archive" ? FOREVER : null);
    assert.equal(assertOk(await bob.get(`/v1/rooms/${room}`)).data.head, head);
  }
});

test("RD3 settings outlive a stay: whoever comes back finds them as they were", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "public" });
  assertOk(await setMode(bob, room, "none"));
  assertOk(await mute(bob, room, { muted_until: "forever" }));
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  await assertShown(bob, room, "none", FOREVER);
});

test("RD3 other people's settings are nobody's to see", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const seen = async () => {
    const paths = ["", "/members", "/messages", "/state"];
    return Promise.all(paths.map(async (path) => assertOk(await alice.get(`/v1/rooms/${room}${path}`)).data));
  };
  const before = await seen();
  assertOk(await setMode(bob, room, "none"));
  assertOk(await mute(bob, room, { muted_until: "forever" }));
  assert.deepEqual(await seen(), before);
});
