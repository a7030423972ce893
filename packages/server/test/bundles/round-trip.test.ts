import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, freshSeed, type Person, Random, rounds } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { exported, type Manifest } from "./exporting.ts";
import { importing } from "./importing.ts";

// Contents of every shape; a wrong guess fails the assertions.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;

/** Create, the importer's member, the workspace, the import itself. */
const FIRST = 4;
const KEPT = ["swp.room.message", "swp.room.edit", "swp.room.reaction", "swp.room.redaction", "acme.deploy"];

/** An event as it must come out: with ids as places in the log, and without what an import adds. */
function plain(manifest: Manifest, skip: number): Loose[] {
  const places = new Map(manifest.events.map(({ envelope }, i) => [envelope.id as string, i - skip]));
  const put = (value: Loose): Loose => {
    if (typeof value === "string") return places.has(value) ? `event ${places.get(value)}` : value;
    if (Array.isArray(value)) return value.map(put);
    if (typeof value !== "object" || value === null) return value;
    const { _imported_sender, do_not_index: _, _imported_mentions, ...rest } = value;
    const mentions = _imported_mentions === undefined ? {} : { mentions: _imported_mentions };
    return Object.fromEntries(Object.entries({ ...rest, ...mentions }).map(([key, each]) => [key, put(each)]));
  };
  return manifest.events.slice(skip).map(({ envelope, content }) => {
    const { event_type: type, origin_ts, sender, imported } = envelope;
    const said: Loose = content ?? null;
    const isHistory = type === "swp.room.history";
    return {
      // What a wiped event of another kind was nobody can tell.
      type: isHistory ? (said?.event_type ?? null) : type,
      origin_ts,
      sender: imported ? (said?._imported_sender?.fqid ?? null) : sender,
      content: put(isHistory ? (said?.content ?? null) : said),
    };
  });
}

/** What the first export has that no import keeps: who wiped events were by. */
function asImported(events: Loose[]): Loose[] {
  return events.map((event) => {
    const isServer = typeof event.sender === "string" && event.sender.startsWith("@:");
    const sender = event.content === null || isServer ? null : event.sender;
    return { ...event, sender, type: event.content === null && !KEPT.includes(event.type) ? null : event.type };
  });
}

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
    const keptMedia = (manifest: Manifest) =>
      manifest.media.map(({ sha256, size, mime_type }) => [sha256, size, mime_type]);
    assert.deepEqual(keptMedia(second), keptMedia(first));
    assert.deepEqual([...media.keys()].length, first.media.length);
    assert.deepEqual(second.omitted, first.omitted);
    const { data } = assertOk(await importing(alice, once));
    const third = (await exported(t, alice, data.id)).manifest;
    assert.deepEqual(plain(third, 2 * FIRST), plain(second, FIRST), `seed ${seed}, again`);
    assert.deepEqual(await seen(data.id), await seen(room), `seed ${seed}, as it is read`);
  }

  async function importedAgain(room: string) {
    const { data, meta } = assertOk(await importing(alice, (await exported(t, alice, room)).bytes));
    assert.equal((meta.report as Loose).signature, "verified");
    return exported(t, alice, data.id);
  }

  /** Messages as members see them. */
  async function seen(room: string): Promise<Loose[]> {
    const items: Loose[] = assertOk(await alice.get(`/v1/rooms/${room}/messages?limit=200&direction=forward`)).data;
    const isSaid = ({ event_type }: Loose): boolean =>
      event_type === "swp.room.message" || event_type === "acme.deploy";
    return items.filter(isSaid).map(({ content, reactions, reply_count, edited_at, redacted_at }) => ({
      body: content?.body ?? content?.to ?? null,
      reactions: reactions.map(({ emoji, count }: Loose) => ({ emoji, count })),
      reply_count,
      isEdited: edited_at !== null,
      isRedacted: redacted_at !== null,
    }));
  }
});
