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
  /** One of the first dozen stories shows it, from whatever seed on: those are what the usual tests look for. */
  readonly isSoon?: true;
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
    isSoon: true,
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
    isSoon: true,
    file: `${ROOM}/commands/settings.ts`,
    was: 'may: (facts) => seen(facts) ?? withPower(facts, POWER.moderator, "PL4"),',
    is: 'may: (facts) => seen(facts) ?? mustBeJoined(facts, "PL4") ?? needsPower(facts, POWER.moderator, "PL4"),',
    by: "inOrder",
  },
  {
    fault: "VS1 AP3 one flag decides what outsiders see",
    isSoon: true,
    file: `${ROOM}/guards.ts`,
    was: 'return room.isPublic && room.state === "open";',
    is: "return room.isPublic;",
    by: "inOrder",
  },
  {
    fault: "MB15 nobody follows the last admin",
    isSoon: true,
    file: `${ROOM}/departure.ts`,
    was: 'if (room.roomType === "dm" || !isLastAdmin) return append(draft);',
    is: "if (isLastAdmin) return append(draft);\n  return append(draft);",
    by: "inOrder",
  },
  {
    fault: "MB16 the last one out leaves the room open",
    isSoon: true,
    file: `${ROOM}/departure.ts`,
    was: 'return room.state === "open" ? append(draft',
    is: 'return room.state === "closed" ? append(draft',
    by: "inOrder",
  },
  {
    fault: "MB10 who has left reads on",
    isSoon: true,
    file: `${ROOM}/guards.ts`,
    was: 'return member?.membership === "join" ? Infinity : (member?.leftPosition ?? 0);',
    is: "return member?.leftPosition || member?.joinedPosition ? Infinity : 0;",
    by: "inOrder",
  },
  {
    fault: "MB13 a ban outlives its end",
    isSoon: true,
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
    was: "if (!hasLeft(facts)) return undefined;",
    is: "return undefined;",
    by: "inOrder",
  },
  {
    fault: "power is kept over a leave",
    isSoon: true,
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
  {
    fault: "AU9 who was deactivated stays in their rooms",
    isSoon: true,
    file: `${ROOM}/commands/deactivate.ts`,
    was: 'const isIn = member?.membership === "join" || member?.membership === "invite";',
    is: 'const isIn = member?.membership === "invite";',
    by: "inOrder",
  },
  {
    fault: "DEL1 redacted replies are counted",
    file: "server/src/messages/replies.store.ts",
    was: "replied - redacted AS live FROM",
    is: "replied AS live FROM",
    by: "inOrder",
  },
  {
    fault: "MB10 the thread goes on for those who have left",
    file: "server/src/messages/read.ts",
    was: "const end = Math.min(readable.readableTo, Number.MAX_SAFE_INTEGER - 1);",
    is: "const end = Number.MAX_SAFE_INTEGER - 1;",
    by: "inOrder",
  },
  {
    fault: "the inbox has mentions of rooms that one has left",
    isSoon: true,
    file: "server/src/inbox/inbox.store.ts",
    was: "FROM members m WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'join'",
    is: "FROM members m WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership <> 'invite'",
    by: "inOrder",
  },
  {
    fault: "VS4 files that were shown after somebody's going are theirs",
    file: "server/src/media/access.ts",
    was: "if (position <= readableTo(member)) return medium;",
    is: "if (position > 0 && readableTo(member) > 0) return medium;",
    by: "inOrder",
  },
  {
    fault: "DEL1 a file outlives its message",
    file: "server/src/media/project.ts",
    was: "if (!(await isNamed(tx, ref.tenantNo, mediaNo)))",
    is: "if (await isNamed(tx, ref.tenantNo, mediaNo))",
    by: "inOrder",
  },
  {
    fault: "PL4 anybody sends on behalf of a bot",
    isSoon: true,
    file: `${ROOM}/commands/send.ts`,
    was: '(needsPower(facts, POWER.admin, "PL4") ?? availableTarget(facts))',
    is: '(needsPower(facts, POWER.member, "PL4") ?? availableTarget(facts))',
    by: "inOrder",
  },
  {
    fault: "MB13 a ban that is over is listed",
    isSoon: true,
    file: "server/src/state/member-lists.store.ts",
    was: "m.membership = 'ban' AND (m.ban_expires_at IS NULL OR m.ban_expires_at > $${values.push(now)})",
    is: "m.membership = 'ban' AND (m.ban_expires_at IS NULL OR 0 < $${values.push(now)})",
    by: "inOrder",
  },
  {
    fault: "MB2 an admin brings back who was banned",
    isSoon: true,
    file: `${ROOM}/commands/restore.ts`,
    was: "availableTarget(facts) ?? targetNotBanned(facts) ?? wasMember(facts)",
    is: "availableTarget(facts) ?? wasMember(facts)",
    by: "inOrder",
  },
  {
    fault: "BU1 whoever sees a room carries it out",
    isSoon: true,
    file: `${ROOM}/can.ts`,
    was: 'return mustBeJoined(facts, "BU1");',
    is: 'return notDm(facts) && mustBeJoined(facts, "BU1");',
    by: "inOrder",
  },
  {
    fault: "BU12 what was imported is unread",
    isSoon: true,
    file: "server/src/events/seal-entry.ts",
    was: "// Nobody has it unread (BU12).\n    ordinal: head.ordinal,",
    is: "ordinal: head.ordinal + 1,",
    by: "inOrder",
  },
  {
    fault: "BU19 a reply to what was imported keeps the id it had",
    isSoon: true,
    file: "server/src/bundles/imported-event.ts",
    was: 'reply_to_event_id: typeof replyTo === "string" ? ids.of(replyTo) : replyTo',
    is: "reply_to_event_id: replyTo",
    by: "inOrder",
  },
];
