/** Random stories: what anybody might ask for, allowed or not. */
import fc from "fast-check";
import { ADMIN, PEOPLE, STRANGERS, UNKNOWN } from "./cast.ts";
import type { Command, Create, Send } from "./commands.ts";
import { HOUR, insiders, often, openings } from "./scenes.ts";

const outsiders = [...PEOPLE].filter(([, { tenant }]) => tenant === "other").map(([who]) => who);

const by = fc.oneof(
  {
    weight: 80,
    arbitrary: often({ ann: 3, bob: 3, cat: 2, dan: 1, robo: 1 }),
  },
  { weight: 5, arbitrary: fc.constantFrom(...outsiders) },
  { weight: 1, arbitrary: fc.constantFrom(...STRANGERS) },
  { weight: 2, arbitrary: fc.constant(ADMIN) },
);
/** Who administers, and now and then somebody who may not. */
const admin = fc.oneof({ weight: 12, arbitrary: fc.constant(ADMIN) }, by);
const target = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...insiders) },
  { weight: 2, arbitrary: fc.constantFrom(...outsiders, UNKNOWN) },
);
/** The first rooms are there in most stories; the last is unknown in nearly all. */
const room = often({ r0: 18, r1: 12, r2: 6, r3: 1, r4: 1, r9: 1 });
/** What was said last, for the most part; the first events are there in most rooms. */
const position = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(-1, -1, -2, -3) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8 }) },
  fc.nat(20),
);
const reason = fc.option(fc.constantFrom("so", "thus"), { nil: undefined, freq: 3 });
const key = fc.option(fc.constantFrom("k1", "k2"), { nil: undefined, freq: 8 });
const flag = fc.option(fc.boolean(), { nil: undefined, freq: 2 });

const emoji = fc.constantFrom("👍", "🎉");
const mentions = fc.option(
  fc.array(fc.oneof({ weight: 4, arbitrary: target }, fc.constant("@room")), { maxLength: 3 }),
  {
    nil: undefined,
    freq: 2,
  },
);

/** The first files are there in many stories. */
const file = often({ m0: 5, m1: 3, m2: 1, m9: 1 });
const someFile = fc.option(file, { nil: undefined, freq: 2 });

const create: fc.Arbitrary<Create> = fc.record({
  do: fc.constant("create" as const),
  by,
  type: fc.constantFrom("group", "group", "public", "public", "incognito", "dm"),
  name: fc.option(fc.constantFrom("One", "Two"), { nil: undefined, freq: 15 }),
  isPublic: flag,
  incognito: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
  closesOnLeave: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
  workspace: fc.option(fc.constantFrom("shared", "own of ann", "own of eve", UNKNOWN), { nil: undefined, freq: 1 }),
  invite: fc.array(target, { maxLength: 3 }),
  key,
});

const on = <Do extends Command["do"]>(name: Do) => ({ do: fc.constant(name), by, room });

const send: fc.Arbitrary<Send> = fc.record({
  ...on("send"),
  text: fc.constantFrom("hello", "well"),
  custom: fc.option(fc.constant(true), { nil: undefined, freq: 1 }),
  uuid: fc.option(fc.constantFrom("u1", "u2"), { nil: undefined, freq: 2 }),
  replyTo: fc.option(position, { nil: undefined, freq: 2 }),
  mentions,
  as: fc.option(fc.oneof({ weight: 4, arbitrary: fc.constant("robo") }, target), { nil: undefined, freq: 5 }),
  media: someFile,
  key,
});

const verb = <Do extends "join" | "rejoin">(name: Do) => fc.record({ ...on(name), key });
const act = <Do extends "leave" | "archive" | "close">(name: Do) => fc.record({ ...on(name), reason, key });
const to = <Do extends "invite" | "kick">(name: Do) => fc.record({ ...on(name), target, reason, key });

/** Commands by how often they come. */
const KINDS: readonly [number, fc.Arbitrary<Command>][] = [
  [3, create],
  [3, fc.record({ do: fc.constant("dm" as const), by, target, key })],
  [12, verb("join")],
  [6, verb("rejoin")],
  [7, act("leave")],
  [3, act("archive")],
  [1, act("close")],
  [9, to("invite")],
  [5, to("kick")],
  [
    5,
    fc.record({
      ...on("ban"),
      target,
      reason,
      key,
      lasts: fc.option(fc.constantFrom(-1, 1, HOUR, HOUR), { nil: undefined, freq: 1 }),
    }),
  ],
  [3, fc.record({ ...on("unban"), target, key })],
  [8, fc.record({ ...on("power"), target, level: fc.constantFrom(0, 49, 50, 51, 99, 100, 100) })],
  [2, fc.record({ ...on("rename"), name: fc.constantFrom("One", "Two") })],
  [2, fc.record({ ...on("topic"), topic: fc.constantFrom(null, "", "This", "That") })],
  [24, send],
  [
    8,
    fc.record({ ...on("edit"), at: position, text: fc.constantFrom("hello", "bye"), mentions, media: someFile, key }),
  ],
  [4, fc.record({ ...on("redact"), at: position, reason, key })],
  [5, fc.record({ ...on("react"), at: position, emoji, key })],
  [2, fc.record({ ...on("unreact"), at: position, emoji })],
  [
    2,
    fc.record({ ...on("move"), workspace: fc.constantFrom("shared", "shared", "own of ann", "own of eve", UNKNOWN) }),
  ],
  [2, fc.record({ ...on("publish"), isPublic: fc.boolean() })],
  [1, fc.record({ ...on("mode"), mode: fc.constantFrom("all", "mentions", "none", "inherit") })],
  [2, fc.record({ ...on("mute"), lasts: fc.option(fc.constantFrom(1, 3600), { nil: undefined, freq: 2 }) })],
  [5, fc.record({ ...on("read"), at: position })],
  [3, fc.record({ ...on("look") })],
  [3, fc.record({ ...on("members"), membership: fc.constantFrom("join", "invite", "leave", "ban") })],
  [
    3,
    fc.record({
      ...on("history"),
      forward: fc.boolean(),
      from: fc.option(fc.nat(14), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 20 }),
      thread: fc.option(position, { nil: undefined, freq: 2 }),
    }),
  ],
  [2, fc.record({ ...on("event"), at: position })],
  [
    3,
    fc.oneof(
      fc.record({ ...on("can"), action: fc.constantFrom("send", "archive", "restore", "close", "set_power") }),
      fc.record({ ...on("can"), action: fc.constantFrom("invite", "kick", "ban"), target }),
    ),
  ],
  [2, fc.record({ do: fc.constant("directory" as const), by, state: fc.constantFrom("open", "closed") })],
  [1, fc.record({ do: fc.constant("archived" as const), by })],
  [2, fc.record({ do: fc.constant("unread" as const), by })],
  [2, fc.record({ do: fc.constant("inbox" as const), by })],
  [1, fc.record({ ...on("bans") })],
  [1, fc.record({ ...on("alias") })],
  [1, fc.record({ ...on("export") })],
  [4, fc.record({ do: fc.constant("upload" as const), by, within: fc.option(room, { nil: undefined, freq: 2 }) })],
  [3, fc.record({ do: fc.constant("medium" as const), by, media: file })],
  [2, fc.record({ do: fc.constant("deactivate" as const), by: admin, target })],
  [3, fc.record({ do: fc.constant("reactivate" as const), by: admin, target })],
  [2, fc.record({ do: fc.constant("restore" as const), by: admin, room, target })],
  [
    3,
    fc.record({
      do: fc.constant("wipe" as const),
      by: admin,
      room,
      at: position,
      reason: fc.constantFrom("so", "thus"),
    }),
  ],
  [
    2,
    fc.record({
      do: fc.constant("wait" as const),
      by: fc.constant("ann"),
      ms: fc.constantFrom(1, 1000, HOUR, 25 * HOUR),
    }),
  ],
];

const command: fc.Arbitrary<Command> = fc.oneof(...KINDS.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Nobody asks whether they could act on themselves: that is a fault of the body and no question of rights. */
const sensible = command
  .filter((one) => one.do !== "can" || one.target !== one.by)
  // Without the parts that were not drawn, as a kept story is read back.
  .map((one) => JSON.parse(JSON.stringify(one)) as Command);

/** A story: rooms first, then whatever happens in them. */
export function stories(longest: number): fc.Arbitrary<Command[]> {
  return fc
    .tuple(openings, fc.array(sensible, { maxLength: longest, size: "max" }))
    .map(([opening, rest]) => [...opening, ...rest]);
}

/** What is asked at once: mostly about one room. */
const batch = fc
  .tuple(fc.array(sensible, { minLength: 2, maxLength: 4 }), fc.constantFrom("r0", "r0", "r1"), fc.boolean())
  .map(([commands, one, isTogether]) =>
    isTogether ? commands.map((each) => ("room" in each ? { ...each, room: one } : each)) : commands,
  );

/** A story whose rooms are opened in order, and then asked for many things at once, batch by batch. */
export function interleavings(longest: number): fc.Arbitrary<{ opening: Command[]; batches: Command[][] }> {
  return fc.record({ opening: openings, batches: fc.array(batch, { maxLength: longest, size: "max" }) });
}
