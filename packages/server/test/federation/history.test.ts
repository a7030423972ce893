import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, FaultProxy, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { ANN, BOB, pair, type Pair } from "./pair.ts";
import { seenBy } from "./same-history.ts";
import { foldAt, roomAt, settled, sound, until } from "./settle.ts";

interface Story {
  readonly all: Pair;
  readonly room: string;
  readonly random: Random;
  /** What was said, by whom. */
  readonly said: { readonly id: string; readonly by: Person }[];
}

const EMOJI = ["👍", "🎉", "❤️"];

/** One random thing that somebody does with what was said. */
async function act({ room, random, said, all }: Story, people: readonly Person[]): Promise<void> {
  const at = `/v1/rooms/${room}`;
  const who = random.pick(people);
  const near = random.int(0, 2) > 0 ? said.slice(-12) : said;
  const target = near.length === 0 ? undefined : random.pick(near);
  const kind = target === undefined ? 0 : random.int(0, 11);
  const body = `words ${said.length}`;
  switch (kind) {
    case 1:
    case 2:
    case 3: {
      const content = { body, reply_to_event_id: target!.id };
      const { status, data } = await who.post(`${at}/send`, { content });
      if (status === 201) said.push({ id: (data as { id: string }).id, by: who });
      return;
    }
    case 4:
    case 5:
      return void (await target!.by.post(`${at}/events/${target!.id}/edit`, { content: { body: `${body}, edited` } }));
    case 6:
    case 7:
    case 8:
      return void (await who.post(`${at}/events/${target!.id}/reaction`, { emoji: random.pick(EMOJI) }));
    case 9:
      return void (await who.delete(`${at}/events/${target!.id}/reaction?emoji=${encodeURIComponent(EMOJI[0]!)}`));
    case 10:
      if (random.int(0, 2) > 0) return;
      return void (await target!.by.post(`${at}/events/${target!.id}/redact`, {}));
    default: {
      const { data } = assertOk(await who.post(`${at}/send`, { content: { body } }));
      said.push({ id: (data as { id: string }).id, by: who });
      if (random.int(0, 19) === 0) assertOk(await all.ann.put(`${at}/topic`, { topic: body }));
    }
  }
}

/** Fetches all that is older, in steps of any size, while others go on. */
async function fetchAll(story: Story, chief: Person, meanwhile: () => Promise<void>): Promise<void> {
  for (;;) {
    const limit = story.random.int(1, 60);
    const { data } = assertOk(await chief.post(`/v1/admin/rooms/${story.room}/federation/backfill`, { limit }));
    const { rejected, has_more } = data as { rejected: number; has_more: boolean };
    assert.equal(rejected, 0);
    if (!has_more) return;
    await meanwhile();
  }
}

test("FD12 FD18 a replica that has fetched all history shows every message, thread, edit, reaction and redaction as the hub", async (t) => {
  const seed = freshSeed();
  for (let round = 0; round < rounds(10); round++) {
    const random = new Random(seed + round);
    const all = await pair(t);
    const { world, a, b, admin, ann, bob } = all;
    const dora = a.server.person("dora", "a");
    for (const home of [a, b]) await home.server.liftLimits(home.tenant.slug);
    await a.setPolicy({ history_before_join: true });
    const doraAtA = (assertOk(await dora.get("/v1/me")).data as { participant_id: string }).participant_id;
    const room = await ann.roomWith([], { name: "Long" });
    assertOk(await ann.post(`/v1/rooms/${room}/invite`, { participant_id: doraAtA }));
    assertOk(await dora.post(`/v1/rooms/${room}/join`));
    const story: Story = { all, room, random, said: [] };
    for (let i = 0; i < 40; i++) await act(story, [ann, dora]);
    // Runs of what lists leave out, as long as a page and longer.
    for (let i = 0; i < 30; i++) {
      const { id } = random.pick(story.said);
      await dora.post(`/v1/rooms/${room}/events/${id}/reaction`, { emoji: `:e${i}:` });
    }
    for (let i = 0; i < 130; i++) await act(story, [ann, dora]);
    assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
    assertOk(await admin.post(`/v1/admin/rooms/${room}/federation/invite`, { fqid: BOB }));
    await until(() => roomAt(b, room), "the invite");
    assertOk(await bob.post(`/v1/rooms/${room}/join`));
    await settled([a, b], room);
    for (let i = 0; i < 20; i++) {
      await act(story, [ann, dora]);
      await settled([a, b], room);
      if (i % 3 === 0) await act({ ...story, said: story.said.slice(-40) }, [bob]);
    }
    // Some of it happens while b is cut off.
    const toB = await FaultProxy.start(t, b.server.url);
    world.hosts.set(b.name, toB.url);
    toB.fault = "down";
    for (let i = 0; i < 30; i++) await act(story, [ann, dora]);
    toB.fault = undefined;
    const chief = b.server.person("admin", "b");
    await chief.signIn();
    await fetchAll(story, chief, async () => act(story, [ann, dora]));
    await settled([a, b], room);
    assert.deepEqual(await seenBy(b, bob, room), await seenBy(a, ann, room), `seed ${seed + round}`);
    const people = [ANN, BOB, "@dora:a.localhost"];
    assert.deepEqual(await foldAt(b, room, people), await foldAt(a, room, people));
    await sound(a, b);
    for (const home of [a, b]) await home.server.stop();
  }
});
