import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertOk, type Frame, type Person, StreamClient, TestClock, TestServer } from "@stairwell/testing";

/**
 * The table of docs/notifications.md, by what the spec says and not by the function that decides: what a joined member is
 * told of a plain message, and of one that mentions them, by their mode; nothing while muted.
 */
const MODES: Readonly<Record<string, { mode: string; preferred: string; plain: boolean; mentioned: boolean }>> = {
  all: { mode: "all", preferred: "none", plain: true, mentioned: true },
  mentions: { mode: "mentions", preferred: "none", plain: false, mentioned: true },
  none: { mode: "none", preferred: "all", plain: false, mentioned: false },
  "inherit of all": { mode: "inherit", preferred: "all", plain: true, mentioned: true },
  "inherit of mentions": { mode: "inherit", preferred: "mentions", plain: false, mentioned: true },
  "inherit of none": { mode: "inherit", preferred: "none", plain: false, mentioned: false },
};
const MUTES = ["not muted", "muted", "a mute that has ended"] as const;

interface Stand {
  clock: TestClock;
  alice: Person;
  bob: Person;
  stream: StreamClient;
  group: string;
  dm: string;
  /** A room in which bob is told of everything: once he is told of a message there, all before it was delivered. */
  bell: string;
  /** A message of bob's in the group. */
  question: string;
}

let stand: Stand;
const ends: (() => unknown)[] = [];
/** One server for all cells: what a test would end after itself ends after the last of them. */
const all = { after: (end?: unknown) => void ends.push(end as () => unknown) };

after(async () => {
  for (const end of ends.toReversed()) await end();
});

before(async () => {
  const clock = new TestClock();
  const server = await TestServer.start(all, { clock });
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const [group, bell] = [await alice.roomWith([bob]), await alice.roomWith([bob])];
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id as string;
  const question = (await bob.say(group, "Who knows?")).id as string;
  assertOk(await bob.put(`/v1/rooms/${bell}/notification-mode`, { mode: "all" }));
  const stream = await StreamClient.open(all, bob);
  stand = { clock, alice, bob, stream, group, dm, bell, question };
});

/** What a message can be to bob: where it is sent, and how it names him. */
const KINDS: Readonly<Record<string, (at: Stand) => { room: string; content: object; mentions: boolean }>> = {
  message: ({ group }) => ({ room: group, content: {}, mentions: false }),
  mention: ({ group, bob }) => ({ room: group, content: { mentions: [bob.id] }, mentions: true }),
  reply: ({ group, question }) => ({ room: group, content: { reply_to_event_id: question }, mentions: true }),
  "@room": ({ group }) => ({ room: group, content: { mentions: ["@room"] }, mentions: true }),
  "message in a DM": ({ dm }) => ({ room: dm, content: {}, mentions: false }),
};

async function setUp({ clock, bob }: Stand, room: string, mode: string, preferred: string, mute: string) {
  assertOk(await bob.put("/v1/me/preferences", { default_mode: preferred }));
  assertOk(await bob.put(`/v1/rooms/${room}/notification-mode`, { mode }));
  const isMuted = mute !== "not muted";
  assertOk(await bob.put(`/v1/rooms/${room}/mute`, isMuted ? { duration_seconds: 60 } : { muted_until: null }));
  if (mute === "a mute that has ended") clock.advance(60_000);
}

/** The notifications of one room that a message brings, in full: those of the bell come after them. */
async function notifiedOf({ alice, stream, bell }: Stand, room: string, content: object): Promise<[Frame[], string]> {
  const said = await alice.say(room, "Hear!", content as Record<string, unknown>);
  const rung = await alice.say(bell, "Ding.");
  const frames = await stream.until(({ type, event_id }) => type === "notification" && event_id === rung.id);
  return [frames.filter(({ type, room_id }) => type === "notification" && room_id === room), said.id];
}

for (const [named, { mode, preferred, plain, mentioned }] of Object.entries(MODES)) {
  for (const [kind, make] of Object.entries(KINDS)) {
    for (const mute of MUTES) {
      test(`RD4 mode ${named}, ${mute}: ${kind}`, async () => {
        const { room, content, mentions } = make(stand);
        await setUp(stand, room, mode, preferred, mute);
        const [told, event_id] = await notifiedOf(stand, room, content);
        const isTold = mute !== "muted" && (mentions ? mentioned : plain);
        const due = { type: "notification", room_id: room, event_id, reason: mentions ? "mention" : "message" };
        assert.deepEqual(told, isTold ? [due] : []);
      });
    }
  }
}
