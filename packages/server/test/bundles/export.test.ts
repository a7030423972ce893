import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { assertSigned, bundleFile, exported, refusedExport, startExport } from "./exporting.ts";

test("BU1 a joined member of any power exports the whole room as they can read it, signed", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = await alice.roomWith([bob, carol], { name: "Kitchen", topic: "Who cooks?" });
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: dave.id }));
  const said = await bob.say(room, "Crème brûlée 🍮", { mentions: [alice.id] });
  await carol.say(room, "Yes!", { reply_to_event_id: said.id });
  assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/reaction`, { emoji: "👍" }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${said.id}/edit`, { content: { body: "Crème caramel" } }));
  assertOk(await carol.post(`/v1/rooms/${room}/leave`));
  const got = await exported(t, bob, room);
  const { manifest } = got;
  await assertSigned(server, got);
  const state = assertOk(await alice.get(`/v1/rooms/${room}`)).data;
  assert.deepEqual(
    { ...manifest.room, head_hash: undefined },
    {
      id: room,
      room_alias: state.room_alias,
      room_type: "group",
      scope_kind: null,
      name: "Kitchen",
      topic: "Who cooks?",
      is_public: false,
      created_at: state.created_at,
      creator: alice.me.fqid,
      state: "open",
      head: state.head,
      head_hash: undefined,
    },
  );
  assert.deepEqual([manifest.exported_by, manifest.server_name], [bob.me.fqid, "dev.localhost"]);
  const types = manifest.events.map(({ envelope }) => envelope.event_type);
  assert.deepEqual(
    manifest.counts.by_type,
    Object.fromEntries(
      Map.groupBy(types, (type) => type)
        .entries()
        .map(([type, all]) => [type, all.length]),
    ),
  );
  assert.deepEqual([manifest.counts.events, manifest.omitted, manifest.media], [state.head, [], []]);
  assert.deepEqual(
    manifest.people.map(({ fqid }) => fqid).toSorted(),
    [alice, bob, carol, dave].map(({ me }) => me.fqid),
  );
  assert.deepEqual(
    Object.fromEntries(manifest.members.map(({ fqid, membership, power_level }) => [fqid, [membership, power_level]])),
    { [alice.me.fqid]: ["join", 100], [bob.me.fqid]: ["join", 0], [dave.me.fqid]: ["invite", 0] },
  );
  const history = await bob.history(room);
  for (const event of history) {
    const { envelope, hash } = manifest.events[event.stream_position - 1]!;
    assert.deepEqual([envelope.id, hash], [event.id, event.hash]);
  }
});

test("BU1 what was redacted is in no bundle, and is counted", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "a secret word");
  assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/edit`, { content: { body: "another secret word" } }));
  assertOk(await bob.post(`/v1/rooms/${room}/events/${said.id}/reaction`, { emoji: "👍" }));
  assertOk(await alice.post(`/v1/rooms/${room}/events/${said.id}/redact`));
  const { manifest, text } = await exported(t, bob, room);
  assert.doesNotMatch(text, /secret/);
  assert.deepEqual(manifest.omitted, [{ what: "content", reason: "redacted", count: 3 }]);
  const wiped = manifest.events.filter((event) => !("content" in event));
  assert.deepEqual([wiped.length, wiped.some((event) => "salt" in event)], [3, false]);
});

test("BU2 incognito rooms are not exported; archived and closed ones and DMs are", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{ room_type: "incognito" }, { scope_kind: "incognito", name: "Hidden" }]) {
    const room = await alice.roomWith([bob], body);
    assertRefused(await refusedExport(bob, room), 400, "SW_ROOM_EXPORT_REFUSED", "BU2");
    assert.equal(assertOk(await bob.get(`/v1/rooms/${room}`)).data.me.can.export, false);
  }
  for (const [verb, state] of [
    ["archive", "archived"],
    ["close", "closed"],
  ] as const) {
    const room = await alice.roomWith([bob]);
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
    assert.equal((await exported(t, bob, room)).manifest.room.state, state);
    assert.equal(assertOk(await bob.get(`/v1/rooms/${room}`)).data.me.can.export, true);
  }
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id;
  await bob.say(dm, "Just us.");
  const { manifest, headers } = await exported(t, alice, dm);
  assert.deepEqual([manifest.room.room_type, manifest.room.name, manifest.members.length], ["dm", null, 2]);
  assert.match(headers.get("content-disposition")!, /^attachment; filename="dm-\d{4}-\d\d-\d\d\.zip"$/);
});

test("BU1 nobody else exports a room, and for those who may not know of it there is none", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const room = await alice.roomWith([bob, dave]);
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id }));
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertOk(await alice.post(`/v1/rooms/${room}/ban`, { participant_id: dave.id }));
  assertRefused(await refusedExport(carol, room), 403, "SW_ROOM_FORBIDDEN", "BU1");
  assertRefused(await refusedExport(bob, room), 403, "SW_ROOM_FORBIDDEN", "VS3");
  assertRefused(await refusedExport(dave, room), 403, "SW_ROOM_FORBIDDEN", "MB2");
  for (const stranger of [erin, await server.person("eve", "other").signIn()]) {
    assertRefused(await refusedExport(stranger, room), 404, "SW_ROOM_NOT_FOUND");
  }
  const open = await alice.roomWith([], { room_type: "public" });
  assertRefused(await refusedExport(erin, open), 403, "SW_ROOM_FORBIDDEN", "BU1");
});

test("BU3 nothing personal and nothing secret is in a bundle", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "Read this.");
  assertOk(await bob.put(`/v1/rooms/${room}/read`, { event_id: said.id }));
  assertOk(await bob.put(`/v1/rooms/${room}/mute`, { duration_seconds: 3600 }));
  assertOk(await bob.put(`/v1/rooms/${room}/notification-mode`, { mode: "none" }));
  const token = assertOk(await bob.post("/v1/me/tokens", { name: "laptop" })).data;
  const { text, manifest } = await exported(t, alice, room);
  for (const word of ["read", "mut", "mode", "notif", "token", "mail", "address", 'workspace_id":"ws-x', "avatar"]) {
    const keys = [...text.matchAll(/"(\w+)":/g)].map(([, key]) => key!);
    assert.deepEqual(
      keys.filter((key) => key.includes(word) && key !== "workspace_id"),
      [],
      word,
    );
  }
  for (const secret of [token.token, token.token_id, bob.credential, alice.id, bob.id]) assert(!text.includes(secret));
  assert.deepEqual(Object.keys(manifest.people[0]!).toSorted(), ["display_name", "fqid", "participant_type"]);
  assert.deepEqual(Object.keys(manifest.members[0]!).toSorted(), ["fqid", "joined_at", "membership", "power_level"]);
});

test("BU4 headers say what is to come, and the file's name is clean whatever the room is called", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  for (const [name, file] of [
    ["Release notes", "release-notes"],
    ["=cmd|'/C calc'!A0", "cmd-c-calc-a0"],
    ['../../etc/"passwd"\\x', "etc-passwd-x"],
    ["<b>Küche</b>", "b-kuche-b"],
    ["厨房", "group"],
    ["x".repeat(128), "x".repeat(60)],
  ] as const) {
    const room = await alice.roomWith([], { name });
    const { headers, manifest } = await exported(t, alice, room);
    const day = manifest.exported_at.slice(0, 10);
    assert.equal(headers.get("content-disposition"), `attachment; filename="${file}-${day}.zip"`);
    assert.equal(manifest.room.name, name);
    assert.deepEqual(
      ["content-type", "x-stairwell-events", "x-stairwell-media-bytes", "cache-control", "x-content-type-options"].map(
        (header) => headers.get(header),
      ),
      ["application/zip", String(manifest.events.length), "0", "no-store", "nosniff"],
    );
  }
});

test("BU4 what is exported any reader of ZIP files takes", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const { bytes } = await exported(t, alice, room);
  const path = bundleFile(t, bytes);
  const found = execFileSync("python3", ["-c", PYTHON, path], { encoding: "utf8" });
  assert.equal(found.trim(), "None ['manifest.json'] stairwell.room-bundle");
});

const PYTHON = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as file:
    print(file.testzip(), file.namelist(), json.loads(file.read("manifest.json"))["format"])
`;

test("a HEAD request answers the headers of an export, and holds no place", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  for (let i = 0; i < 5; i++) {
    const response = await fetch(`${alice.url}/v1/rooms/${room}/export`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${alice.credential}` },
    });
    assert.deepEqual([response.status, response.headers.get("x-stairwell-events")], [200, "3"]);
  }
  assert.equal((await startExport(alice, room)).status, 200);
});
