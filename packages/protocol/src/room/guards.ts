import { type EventFacts, type Facts, type Refusal, refuse } from "./decision.ts";
import { isSendable } from "./events/index.ts";
import { asOf, type MemberState, POWER, type RoomState } from "./state.ts";

/** A refusal, or nothing to object. Guards are called in the order of AP1 and joined by `??`. */
export type Objection = { readonly refusal: Refusal } | undefined;

/** How a caller stands to a room: the one function of visibility (VS1, AP3). */
export type Standing = "hidden" | "outsider" | "invited" | "joined" | "gone" | "banned";

/**
 * `outsider`: no stay of their own, but the room is open to everybody of the tenant.
 * `gone`, `banned`: they know that the room exists and see nothing of it (VS3); what they read of its
 * history is MB10's affair. A banned caller of an open public room may still see what every outsider sees.
 */
export function standing(room: RoomState | undefined, member: MemberState | undefined, now: number): Standing {
  if (room === undefined) return "hidden";
  const own = asOf(member, now)?.membership;
  if (own === "join") return "joined";
  if (own === "invite") return "invited";
  if (own === "ban") return "banned";
  if (isOpenToAll(room)) return "outsider";
  return own === "leave" ? "gone" : "hidden";
}

export function isOpenToAll(room: RoomState): boolean {
  return room.isPublic && room.state === "open";
}

/**
 * The last position whose event this person may read: all of it while joined, up to their going afterwards
 * (MB10), nothing for one who was never in.
 */
export function readableTo(member: MemberState | undefined): number {
  return member?.membership === "join" ? Infinity : (member?.leftPosition ?? 0);
}

export function actorMember(facts: Facts): MemberState | undefined {
  return asOf(facts.actor.member, facts.now);
}

export function targetMember(facts: Facts): MemberState | undefined {
  return asOf(facts.target?.member, facts.now);
}

/** 404 of a room the caller cannot see; 403 for one who knows of it but is gone (VS3) or banned (MB2). */
export function seen(facts: Facts): Objection {
  switch (standing(facts.room, facts.actor.member, facts.now)) {
    case "hidden":
      return { refusal: { code: "SW_ROOM_NOT_FOUND" } };
    case "gone":
      if (actorMember(facts)?.leaving === true) {
        return refuse("SW_ROOM_FORBIDDEN", "FD13", {
          message: "You are leaving this room; its server has not said so yet.",
          details: { leaving: true },
        });
      }
      return refuse("SW_ROOM_FORBIDDEN", "VS3", { message: "You are no longer in this room." });
    case "banned":
      return refuse("SW_ROOM_FORBIDDEN", "MB2", { message: "You are banned from this room." });
    case "outsider":
      // Open to all of the tenant, and to nobody of another server without an invite (FD22).
      return isFromElsewhere(facts) ? { refusal: { code: "SW_ROOM_NOT_FOUND" } } : undefined;
    default:
      return undefined;
  }
}

function isFromElsewhere(facts: Facts): boolean {
  return facts.actor.person.participantType === "federated";
}

/** The room after `seen` found it. */
export function roomOf(facts: Facts): RoomState {
  if (facts.room === undefined) throw new Error("asked for the state of a room that was not found");
  return facts.room;
}

/** What a DM cannot do, for its two sides (DM3). */
export function notDm(facts: Facts): Objection {
  if (roomOf(facts).roomType !== "dm") return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "DM3", {
    message: "A direct room always has its two sides and nothing else.",
  });
}

/** A room of another server that is shared no more: it is only to be read, left, and put away here (FD10). */
export function isOver(facts: Facts): boolean {
  return facts.isReplica === true && !roomOf(facts).federated;
}

export function notFrozen(facts: Facts): Objection {
  const { state } = roomOf(facts);
  if (isOver(facts)) {
    return refuse("SW_ROOM_FROZEN", "FD10", { message: "The room is shared no more; what was said here can be read." });
  }
  return state === "open" ? undefined : refuse("SW_ROOM_FROZEN", "LC1", { message: `The room is ${state}.` });
}

export function notClosed(facts: Facts): Objection {
  return roomOf(facts).state === "closed" ? notFrozen(facts) : undefined;
}

export function mustBeJoined(facts: Facts, rule: string): Objection {
  if (actorMember(facts)?.membership === "join") return undefined;
  return refuse("SW_ROOM_FORBIDDEN", rule, { message: "Only a joined member may do that." });
}

export function needsPower(facts: Facts, needed: number, rule: string): Objection {
  const actual = actorMember(facts)?.powerLevel ?? 0;
  if (actual >= needed) return undefined;
  return refuse("SW_ROOM_FORBIDDEN", rule, { message: `That needs power ${needed}.`, needed, actual });
}

export function isCreator(facts: Facts): boolean {
  return actorMember(facts)?.membership === "join" && roomOf(facts).creator === facts.actor.person.fqid;
}

/** 404 of a person that nobody is. */
export function knownTarget(facts: Facts): Objection {
  return facts.target?.person === undefined ? refuse("SW_PARTICIPANT_NOT_FOUND", "MB3") : undefined;
}

/** As `knownTarget`, and a deactivated person, who is beyond new acts, is as good as unknown (DM2). */
export function availableTarget(facts: Facts): Objection {
  return facts.target?.person?.isDeactivated === true ? refuse("SW_PARTICIPANT_NOT_FOUND", "MB3") : knownTarget(facts);
}

/** 404 of an event that is not there, or not for the caller. */
export function knownEvent(facts: Facts): Objection {
  return facts.event === undefined ? { refusal: { code: "SW_EVENT_NOT_FOUND" } } : undefined;
}

/** The event after `knownEvent` found it. */
export function theEvent(facts: Facts): EventFacts {
  if (facts.event === undefined) throw new Error("asked for an event that was not found");
  return facts.event;
}

/** 400 of an event that nobody said: a state event, or one about another event. */
export function saidEvent(facts: Facts, rule: string): Objection {
  if (isSendable(theEvent(facts).type)) return undefined;
  return unfitEvent(rule, "is no message and no custom event");
}

/** 400 of an event that this cannot be done with at all. */
export function unfitEvent(rule: string, reason: string): { refusal: Refusal } {
  return refuse("SW_REQUEST_INVALID", rule, { details: [{ path: "/event_id", reason }] });
}

/** What a content names and nobody is (EV6, VS4), or a medium that is not this room's to show (DEL2). */
export type Missing =
  | "SW_EVENT_NOT_FOUND"
  | "SW_PARTICIPANT_NOT_FOUND"
  | "SW_MEDIA_NOT_FOUND"
  | "SW_ROOM_TYPE_INVARIANT";

export function namesWhatIs(missing: Missing | undefined): Objection {
  if (missing === undefined) return undefined;
  if (missing !== "SW_ROOM_TYPE_INVARIANT") return refuse(missing, missing === "SW_MEDIA_NOT_FOUND" ? "VS4" : "EV6");
  return refuse(missing, "DEL2", { message: "Upload the file with the room_id of the incognito room it is for." });
}

/** A medium that is brought for a room is sealed with its key, so it must be somewhere one can send. */
export function mayBringMedia(facts: Facts): Objection {
  return seen(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "MB4");
}

/** MB2: a banned person comes back by no door. */
export function targetNotBanned(facts: Facts): Objection {
  if (targetMember(facts)?.membership !== "ban") return undefined;
  return refuse("SW_ROOM_FORBIDDEN", "MB2", { message: "They are banned from this room." });
}

/** MB12: strictly more power than the one acted on, who must be joined for that to matter. */
export function outranksTarget(facts: Facts, rule: string): Objection {
  const target = targetMember(facts);
  if (target?.membership !== "join") return undefined;
  const actual = actorMember(facts)?.powerLevel ?? 0;
  if (actual > target.powerLevel) return undefined;
  // Nothing is above an admin: then no power would do, and none is named.
  const needed = target.powerLevel < POWER.admin ? { needed: target.powerLevel + 1 } : {};
  return refuse("SW_ROOM_FORBIDDEN", rule, { message: "That needs more power than the other has.", ...needed, actual });
}

/** MB18: a seat for one more, invites counted. DMs are exempt. */
export function hasSeat(facts: Facts): Objection {
  const room = roomOf(facts);
  const most = facts.limits.max_participants;
  if (most === null || room.roomType === "dm" || room.joinedCount + room.invitedCount < most) return undefined;
  return refuse("SW_ROOM_CAPACITY", "MB18", { details: { max_participants: most } });
}
