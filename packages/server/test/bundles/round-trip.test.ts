import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { exported } from "./exporting.ts";
import { importing } from "./importing.ts";
import { asImported, FIRST, keptMedia, plain, said } from "./same-room.ts";

// Contents of every shape; a wrong guess fails the assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

async function playRandomly(random: Random, people: readonly Person[], room: string): Promise<void> {
  const said: string[] = [];
  const doing: (() => Promise<unknown>)[] = [
    async () => {
      const who = random.pick(people);
      const replyTo = said.length > 0 && random.chance(0.3) ? { reply_to_event_id: random.pick(said) } : {};
      const mentions = random.chance(0.2) ? { mentions: [random.pick(people).id] } : {};
      said.push((await who.say(room, `says ${random.int(0, 9)} 🦊`, { ...replyTo, ...mentions })).id);
    },
    async () => {
      const content = { to: random.pick(["stage", "production"]), deep: [{ a: [1, 2, { b: null }] }] };
      said.push(
        assertOk(await random.pick(people).post(`/v1/rooms/${room}/send`, { event_type: "acme.deploy", content })).data
          .id,
      );
    },
    async () => random.pick(people).post(at(), { content: { body: `edited ${random.int(0, 99)}` } }, {}),
    async () => random.pick(people).post(at("reaction"), { emoji: random.pick(["👍", "🎉", ":party:"]) }),
    async () => random.pick(people).delete(`${at("reaction")}?emoji=${encodeURIComponent(random.pick(["👍", "🎉"]))}`),
    async () => random.chance(0.3) && random.pick(people).post(at("redact"), {}),
    async () => random.chance(0.2) && people[0]!.put(`/v1/rooms/${room}/topic`, { topic: `topic ${random.int(0, 9)}` }),
    async () => {
      const form = new FormData();
      form.set("file", new Blob([`file ${random.int(0, 3)}`]), "note.txt");
      const who = random.pick(people);
      const headers = { authorization: `Bearer ${who.credential}` };
      const response = await fetch(`${who.url}/v1/media/upload`, { method: "POST", headers, body: form });
      const { data } = (await response.json()) as Loose;
      said.push((await who.say(room, "see", { media_id: data.media_id })).id);
    },
  ];
  const at = (what = "edit") =>
    `/v1/rooms/${room}/events/${said.length === 0 ? "evt-none" : random.pick(said)}/${what}`;
  for (let i = 0; i < 60; i++) await random.pick(doing)();
}

test("BU19 export, import, export: the same room but for what an import says of itself, on random rooms", async (t) => {
  const server = await startVerified(t);
  const people = await server.people("alice", "bob", "carol");
  await server.liftLimits();
  const [alice] = people;
  for (let round = 0; round < rounds(20); round++) {
    const seed = freshSeed();
    const room = await alice.roomWith(people.slice(1), { name: `Room ${round}`, topic: "Round trip" });
    await playRandomly(new Random(seed), people, room);
    const first = (await exported(t, alice, room)).manifest;
    const { bytes: once, manifest: second, media } = await importedAgain(room);
    assert.deepEqual(plain(second, FIRST), asImported(plain(first, 0)), `seed ${seed}`);
    assert.deepEqual(keptMedia(second), keptMedia(first));
    assert.deepEqual([...media.keys()].length, first.media.length);
    assert.deepEqual(second.omitted, first.omitted);
    const { data } = assertOk(await importing(alice, once));
    const third = (await exported(t, alice, data.id)).manifest;
    assert.deepEqual(plain(third, 2 * FIRST), plain(second, FIRST), `seed ${seed}, again`);
    assert.deepEqual(await said(alice, data.id), await said(alice, room), `seed ${seed}, as it is read`);
  }

  async function importedAgain(room: string) {
    const { data, meta } = assertOk(await importing(alice, (await exported(t, alice, room)).bytes));
    assert.equal((meta.report as Loose).signature, "verified");
    return exported(t, alice, data.id);
  }
});
