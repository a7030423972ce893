/** How stories begin: rooms with people in them, to whom something may have happened already. */
import fc from "fast-check";
import { ADMIN, PEOPLE } from "./cast.ts";
import type { Command, Create } from "./commands.ts";
import type { Who } from "./world.ts";

export const HOUR = 3600 * 1000;
export const insiders = [...PEOPLE]
  .filter(([, { tenant, isAdmin }]) => tenant === "dev" && !isAdmin)
  .map(([who]) => who);

/** One of some words, each so often. */
export function often(words: Readonly<Record<string, number>>): fc.Arbitrary<string> {
  return fc.oneof(...Object.entries(words).map(([word, weight]) => ({ weight, arbitrary: fc.constant(word) })));
}

/** What happens to a room's guest, or by them. */
const INCIDENTS: Readonly<Record<string, (cast: { by: Who; guest: Who; room: string }) => Command[]>> = {
  kicked: ({ by, guest, room }) => [{ do: "kick", by, room, target: guest }],
  banned: ({ by, guest, room }) => [{ do: "ban", by, room, target: guest }],
  "banned for an hour": ({ by, guest, room }) => [{ do: "ban", by, room, target: guest, lasts: HOUR }],
  "banned until now": ({ by, guest, room }) => [
    { do: "ban", by, room, target: guest, lasts: HOUR },
    { do: "wait", by, ms: HOUR },
    { do: "bans", by, room },
  ],
  left: ({ guest, room }) => [{ do: "leave", by: guest, room }],
  back: ({ guest, room }) => [{ do: "join", by: guest, room }],
  heard: ({ by, room }) => [{ do: "send", by, room, text: "hello" }],
  "heard of it no more": ({ by, guest, room }) => [
    { do: "send", by, room, text: "hello" },
    { do: "leave", by: guest, room },
    { do: "edit", by, room, at: -1, text: "bye" },
  ],
  defied: ({ by, guest, room }) => [{ do: "kick", by: guest, room, target: by }],
  alone: ({ by, room }) => [{ do: "leave", by, room }],
  archived: ({ by, room }) => [{ do: "archive", by, room }],
  answered: ({ by, guest, room }) => [
    { do: "send", by, room, text: "hello" },
    { do: "send", by: guest, room, text: "well", replyTo: -1 },
  ],
  "answered, and the answer taken back": ({ by, guest, room }) => [
    { do: "send", by, room, text: "hello" },
    { do: "send", by: guest, room, text: "well", replyTo: -1 },
    { do: "redact", by: guest, room, at: -1 },
  ],
  "answered too late": ({ by, guest, room }) => [
    { do: "send", by, room, text: "hello" },
    { do: "leave", by: guest, room },
    { do: "send", by, room, text: "well", replyTo: -1 },
  ],
  "shown a file": ({ by, guest, room }) => [
    { do: "upload", by },
    { do: "send", by, room, text: "hello", media: "m0", mentions: [guest] },
  ],
  "shown a file, and it taken back": ({ by, guest, room }) => [
    { do: "upload", by },
    { do: "send", by, room, text: "hello", media: "m0" },
    { do: "redact", by, room, at: -1 },
    { do: "medium", by: guest, media: "m0" },
  ],
  "shown a file too late": ({ by, guest, room }) => [
    { do: "leave", by: guest, room },
    { do: "upload", by },
    { do: "send", by, room, text: "hello", media: "m0" },
  ],
  "out of it all": ({ guest }) => [{ do: "deactivate", by: ADMIN, target: guest }],
  "banned, and asked for by an admin": ({ by, guest, room }) => [
    { do: "ban", by, room, target: guest },
    { do: "archive", by, room },
    { do: "restore", by: ADMIN, room, target: guest },
  ],
  "wiped away": ({ room }) => [{ do: "wipe", by: ADMIN, room, at: -1, reason: "so" }],
  later: ({ by }) => [{ do: "wait", by, ms: HOUR }],
};

const incidents = fc.array(fc.constantFrom(...Object.values(INCIDENTS)), {
  maxLength: 3,
});

const KINDS: readonly Pick<Create, "type" | "isPublic" | "closesOnLeave">[] = [
  { type: "group" },
  { type: "group", isPublic: true },
  { type: "public" },
  { type: "incognito" },
  { type: "incognito", closesOnLeave: false },
];

/** A room with people in it. `r3` names it only if three are there before. */
const room = fc
  .record({
    creator: fc.constantFrom("ann", "bob", "cat"),
    kind: fc.constantFrom(...KINDS),
    guests: fc.uniqueArray(often({ ann: 2, bob: 2, cat: 2, dan: 1, robo: 1 }), { minLength: 1, maxLength: 3 }),
    isLate: fc.boolean(),
    second: fc.constantFrom(0, 49, 50, 100),
    incidents,
  })
  .map(({ creator, kind, guests, isLate, second, incidents }) => (key: string): Command[] => {
    const invited = guests.filter((who) => who !== creator);
    const joining = isLate ? invited.slice(0, -1) : invited;
    const [first = creator] = joining;
    const last = invited.at(-1);
    return [
      { do: "create", by: creator, ...kind, ...(kind.type === "incognito" ? {} : { name: "One" }), invite: invited },
      ...joining.map((who): Command => ({ do: "join", by: who, room: key })),
      ...(first === creator ? [] : [{ do: "power", by: creator, room: key, target: first, level: second } as const]),
      ...(last === undefined ? [] : incidents.flatMap((happens) => happens({ by: creator, guest: last, room: key }))),
    ];
  });

const direct = fc
  .record({ sides: fc.uniqueArray(fc.constantFrom(...insiders), { minLength: 2, maxLength: 2 }), isLeft: fc.boolean() })
  .map(({ sides: [one, other], isLeft }) => (key: string): Command[] => [
    { do: "dm", by: one!, target: other! },
    ...(isLeft ? [{ do: "leave", by: other!, room: key } as const] : []),
  ]);

/** Rooms, with people in them. */
export const openings: fc.Arbitrary<Command[]> = fc
  .array(fc.oneof({ weight: 5, arbitrary: room }, direct), { minLength: 1, maxLength: 4 })
  .map((scenes) => scenes.flatMap((open, i) => open(`r${i}`)));
