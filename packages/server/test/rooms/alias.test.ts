import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, type Person } from "@stairwell/testing";
import { foreigner, openStage } from "../support/stage.ts";

const make = async (who: Person, body: object) =>
  assertOk(await who.post("/v1/rooms", { room_type: "public", ...body })).data;
const resolve = (who: Person, alias: string) => who.get(`/v1/directory/alias/${encodeURIComponent(alias)}`);

/** A name, and the slug that is made of it. */
const SLUGS: [name: string, slug: string][] = [
  ["General", "general"],
  ["Größe & Straße", "grosse-strasse"],
  ["Crème brûlée!", "creme-brulee"],
  ["Привет мир", "privet-mir"],
  ["東京", "dongjing"],
  ["  Ops // on-call  ", "ops-on-call"],
  ["--a--", "a"],
  ["#x:evil.example", "x-evil-example"],
  ["n".repeat(128), "n".repeat(57)],
];

test("an alias is made of the name, transliterated, for a room that is public from the start", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  for (const [name, slug] of SLUGS) {
    const room = await make(alice, { name });
    assert.equal(room.room_alias, `#${slug}:dev.localhost`);
    assert.equal(assertOk(await resolve(bob, room.room_alias)).data.id, room.id);
  }
  const group = await make(alice, { room_type: "group", is_public: true, name: "Open house" });
  assert.equal(group.room_alias, "#open-house:dev.localhost");
});

test("a name of which nothing is left still gives an alias", async (t) => {
  const { alice } = await openStage(t, ["alice"]);
  for (const name of ["!!!", "\u3002\u3002"]) {
    assert.match((await make(alice, { name })).room_alias, /^#room(?:-[a-z0-9]{6})?:dev\.localhost$/);
  }
  assert.match((await make(alice, { room_type: "incognito" })).room_alias, /^#room-[a-z0-9]{6}:dev\.localhost$/);
});

test("AP2 a hidden room never bears the bare slug, so that an alias tells nobody of it", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const hidden = [
    [await make(alice, { room_type: "group", name: "Layoffs" }), "layoffs"],
    // The name of an incognito room is sealed, and would lie open in its alias.
    [await make(alice, { room_type: "incognito", name: "Layoffs" }), "room"],
    [await make(alice, { room_type: "group", scope_kind: "incognito", name: "Layoffs" }), "room"],
  ];
  for (const [{ room_alias, id }, slug] of hidden) {
    assert.match(room_alias, new RegExp(`^#${slug}-[a-z2-9]{6}:dev\\.localhost$`));
    assert.equal(assertOk(await resolve(alice, room_alias)).data.id, id);
    assertRefused(await resolve(bob, room_alias), 404, "SW_ROOM_NOT_FOUND");
  }
  const open = await make(bob, { name: "Layoffs" });
  assert.equal(open.room_alias, "#layoffs:dev.localhost", "as if there were no other");
});

test("an alias is unique in its tenant, also when rooms of one name are made at once", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const rooms = await atOnce(8, () => make(alice, { name: "Town hall" }));
  const aliases = rooms.map(({ room_alias }) => room_alias as string);
  assert.equal(new Set(aliases).size, 8);
  assert.equal(aliases.filter((alias) => alias === "#town-hall:dev.localhost").length, 1);
  const suffixed = aliases.filter((alias) => /^#town-hall-[a-z2-9]{6}:dev\.localhost$/.test(alias));
  assert.equal(suffixed.length, 7);
  const eve = await foreigner(server, "eve");
  assert.equal((await make(eve, { name: "Town hall" })).room_alias, "#town-hall:other.localhost");
  assertRefused(await resolve(eve, "#town-hall:dev.localhost"), 404, "SW_ROOM_NOT_FOUND");
});

test("an alias stays when the room is renamed, and the new name's slug is free", async (t) => {
  const { alice } = await openStage(t, ["alice"]);
  const room = await make(alice, { name: "Before" });
  const renamed = assertOk(await alice.put(`/v1/rooms/${room.id}/name`, { name: "After" })).data;
  assert.deepEqual([renamed.name, renamed.room_alias], ["After", "#before:dev.localhost"]);
  assert.equal(assertOk(await resolve(alice, "#before:dev.localhost")).data.id, room.id);
  assertRefused(await resolve(alice, "#after:dev.localhost"), 404, "SW_ROOM_NOT_FOUND");
  assert.equal((await make(alice, { name: "After" })).room_alias, "#after:dev.localhost");
});

test("VS1 an alias leads to the same answer as the id, for a member, an invitee and an outsider", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  for (const room_type of ["public", "group"]) {
    const room = await make(alice, { room_type, name: "One", invite: [bob.id] });
    for (const who of [alice, bob, carol]) {
      const byId = await who.get(`/v1/rooms/${room.id}`);
      const byAlias = await resolve(who, room.room_alias);
      assert.deepEqual([byAlias.status, byAlias.data, byAlias.error?.code], [byId.status, byId.data, byId.error?.code]);
    }
  }
});
