/** Faults to plant, one at a time, in a copy of the sources: each must be found by the stories. */
import type { PROPERTIES } from "./properties.ts";

export interface Mutant {
  /** The rule it breaks, and how. */
  readonly fault: string;
  readonly file: string;
  /** A snippet that the file has exactly once. */
  readonly was: string;
  readonly is: string;
  /** Which property finds it. */
  readonly by: keyof typeof PROPERTIES;
}

const ROOM = "protocol/src/room";

export const MUTANTS: readonly Mutant[] = [
  {
    fault: "MB12 equals are outranked",
    file: `${ROOM}/guards.ts`,
    was: "if (actual > target.powerLevel) return undefined;",
    is: "if (actual >= target.powerLevel) return undefined;",
    by: "inOrder",
  },
  {
    fault: "MB2 a ban is no reason to refuse",
    file: `${ROOM}/guards.ts`,
    was: 'return refuse("SW_ROOM_FORBIDDEN", "MB2", { message: "You are banned from this room." });',
    is: "return undefined;",
    by: "inOrder",
  },
  {
    fault: "MB18 counts are read outside the transaction",
    file: "server/src/members/change-member.ts",
    was: "const found = await findFacts(tx, actor, tx.now, roomId, needs);",
    is: "const found = await findFacts(db, actor, tx.now, roomId, needs);",
    by: "atOnce",
  },
  {
    fault: "LC1 the topic is not frozen",
    file: `${ROOM}/commands/settings.ts`,
    was: 'may: (facts) => seen(facts) ?? withPower(facts, POWER.moderator, "PL4"),',
    is: 'may: (facts) => seen(facts) ?? mustBeJoined(facts, "PL4") ?? needsPower(facts, POWER.moderator, "PL4"),',
    by: "inOrder",
  },
  {
    fault: "VS1 AP3 one flag decides what outsiders see",
    file: `${ROOM}/guards.ts`,
    was: 'return room.isPublic && room.state === "open";',
    is: "return room.isPublic;",
    by: "inOrder",
  },
  {
    fault: "MB15 nobody follows the last admin",
    file: `${ROOM}/departure.ts`,
    was: 'if (room.roomType === "dm" || !isLastAdmin) return append(draft);',
    is: "if (isLastAdmin) return append(draft);\n  return append(draft);",
    by: "inOrder",
  },
  {
    fault: "MB16 the last one out leaves the room open",
    file: `${ROOM}/departure.ts`,
    was: 'return room.state === "open" ? append(draft',
    is: 'return room.state === "closed" ? append(draft',
    by: "inOrder",
  },
  {
    fault: "MB10 who has left reads on",
    file: `${ROOM}/guards.ts`,
    was: 'return member?.membership === "join" ? Infinity : (member?.leftPosition ?? 0);',
    is: "return member?.leftPosition || member?.joinedPosition ? Infinity : 0;",
    by: "inOrder",
  },
  {
    fault: "MB13 a ban outlives its end",
    file: `${ROOM}/state.ts`,
    was: 'if (member?.membership !== "ban" || member.banExpiresAt === null || member.banExpiresAt > now) return member;',
    is: 'if (member?.membership !== "ban" || now > 0) return member;',
    by: "inOrder",
  },
  {
    fault: "RD0 the marker of a former stay is kept",
    file: "server/src/reading/reading.store.ts",
    was: "DO UPDATE SET read_position = excluded.read_position, read_ordinal = excluded.read_ordinal`,",
    is: "DO NOTHING`,",
    by: "inOrder",
  },
  {
    fault: "MB18 invites take no seat",
    file: `${ROOM}/guards.ts`,
    was: "room.joinedCount + room.invitedCount < most) return undefined;",
    is: "room.joinedCount < most) return undefined;",
    by: "inOrder",
  },
  {
    fault: "DM4 a message does not bring the other side back",
    file: `${ROOM}/commands/send.ts`,
    was: 'if (target.member?.membership !== "leave") return undefined;',
    is: 'if (target.member?.membership !== "ban") return undefined;',
    by: "inOrder",
  },
  {
    fault: "power is kept over a leave",
    file: `${ROOM}/events/member.ts`,
    was: 'return room.roomType === "dm" || position === 2 ? POWER.admin : POWER.member;',
    is: 'return room.roomType === "dm" || position % 2 === 0 ? POWER.admin : POWER.member;',
    by: "inOrder",
  },
  {
    fault: "AP6 another body with the same key is taken for the same",
    file: "server/src/http/idempotency.ts",
    was: "if (kept.bodyHash !== bodyHash) throw",
    is: "if (kept.bodyHash === null) throw",
    by: "inOrder",
  },
  {
    fault: "MB10 former members see present edits",
    file: "server/src/amendments/amended.ts",
    was: "const edits = await newestEdits(reader, ref, positions, readableTo);",
    is: "const edits = await newestEdits(reader, ref, positions, readableTo && Infinity);",
    by: "inOrder",
  },
  {
    fault: "MB10 former members see present reactions",
    file: "server/src/amendments/amended.ts",
    was: "const reactions = await (readableTo === Infinity",
    is: "const reactions = await (readableTo > 0",
    by: "inOrder",
  },
];
