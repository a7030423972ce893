import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, TestServer } from "@stairwell/testing";
import { findRoomKey, listAfter } from "../../src/events/index.ts";
import { filesWithAny } from "../support/bytes.ts";
import { roomNumber, sayEverything } from "./said.ts";

const KINDS = [{ room_type: "incognito" }, { room_type: "group", scope_kind: "incognito" }];

for (const kind of KINDS) {
  const called = kind.room_type === "group" ? "group" : "room";
  test(`DEL2 nothing that is said in an incognito ${called} lies in the clear in any file`, async (t) => {
    const server = await TestServer.start(t);
    const people = await server.people("alice", "bob", "carol");
    const open = await sayEverything(people, { room_type: "group" });
    const sealed = await sayEverything(people, kind);
    const clear = filesWithAny(server.data, Object.values(open.words));
    assert.equal(clear.size, Object.keys(open.words).length, "another room's texts are there to be found");
    const at = await roomNumber(server, sealed.room);
    const log = await listAfter(server.db, at, 0, 100);
    const salts = log.map(({ salt }) => salt!);
    assert.equal(salts.filter((salt) => /^[\w-]{22}$/.test(salt)).length, log.length);
    assert.deepEqual(filesWithAny(server.data, [...Object.values(sealed.words), ...salts]), new Map());
    assert.deepEqual((await verify(server.db)).findings, []);
  });

  test(`DEL2 whoever is in an incognito ${called} reads all of it, and sees its name and reasons`, async (t) => {
    const server = await TestServer.start(t);
    const people = await server.people("alice", "bob", "carol");
    const [alice, bob, carol] = people;
    const { room, words } = await sayEverything(people, kind, 60_000);
    const history = JSON.stringify(await bob.history(room));
    for (const word of [words.edited, words.body, words.custom, words.emoji, words.reason, words.name]) {
      assert(history.includes(word), word);
    }
    const seen = assertOk(await bob.get(`/v1/rooms/${room}`)).data;
    assert.deepEqual([seen.name, seen.topic], [words.renamed, words.topic]);
    const listed = assertOk(await bob.get("/v1/directory/rooms")).data.find((one: { id: string }) => one.id === room);
    assert.deepEqual([listed.name, listed.topic], [words.renamed, words.topic]);
    const left = assertOk(await alice.get(`/v1/rooms/${room}/members?membership=leave`)).data;
    assert.deepEqual(
      left.map(({ participant_id, reason }: Record<string, unknown>) => [participant_id, reason]),
      [[carol.id, words.reason]],
    );
  });
}

test("DEL2 each incognito room has a key of its own, and no other room has one", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const keyOf = async (room: string) => findRoomKey(server.db, await roomNumber(server, room));
  const keys = [];
  for (const kind of [...KINDS, ...KINDS]) keys.push(await keyOf(await alice.roomWith([bob], kind)));
  assert.deepEqual(new Set(keys.map((key) => key?.length)), new Set([32]));
  assert.equal(new Set(keys.map((key) => Buffer.from(key!).toString("hex"))).size, 4);
  assert.equal(await keyOf(await alice.roomWith([bob])), null);
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  assert.equal(await keyOf(dm.id), null);
});

test("VS2 an incognito room is found by no text, and in the directory of nobody but its members and invitees", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const found = async (who: typeof alice, query: string) =>
    assertOk(await who.get(`/v1/directory/rooms?limit=100${query}`)).data.map(({ id }: { id: string }) => id);
  for (const kind of KINDS) {
    const room = await alice.roomWith([bob], { ...kind, name: "Orchids", topic: "Tulips" });
    assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: carol.id }));
    for (const who of [alice, bob, carol]) assert((await found(who, "")).includes(room), who.name);
    assert(!(await found(dave, "")).includes(room));
    const alias = assertOk(await alice.get(`/v1/rooms/${room}`)).data.room_alias.slice(1, 12);
    for (const who of [alice, bob, carol, dave]) {
      for (const q of ["orch", "Tulips", alias]) {
        assert(!(await found(who, `&q=${encodeURIComponent(q)}`)).includes(room), `${who.name} by ${q}`);
      }
    }
  }
});
