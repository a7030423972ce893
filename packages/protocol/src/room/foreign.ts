import { type Facts, refuse } from "./decision.ts";
import { type Objection, roomOf } from "./guards.ts";

/** 409 of a room that is not shared with other servers (FD11). */
export function isFederated(facts: Facts): Objection {
  return roomOf(facts).federated
    ? undefined
    : refuse("SW_FED_NOT_FEDERATED", "FD11", {
        message: "This room is not federated; an administrator can change that.",
      });
}

/** 400 of what can be done only where the room is at home (FD22). */
export function notReplica(facts: Facts): Objection {
  if (facts.isReplica !== true) return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "FD22", { message: "That is done on the server that orders this room." });
}

/** Whether members may invite people of other servers at all: known before any of them is looked for (FD11). */
export function mayInviteElsewhere(facts: Facts): Objection {
  return isFederated(facts) ?? membersMayInvite(facts);
}

/** Whether the one named may come into the room from the server they are of, by what policy says (FD11). */
export function mayComeFromElsewhere(facts: Facts): Objection {
  return facts.target?.person?.participantType === "federated" ? mayShare(facts) : undefined;
}

/** Whether policy lets a room take in one more of the server that the facts tell of (FD11). */
export function mayShare({ federation }: Facts): Objection {
  if (federation?.isAllowed !== true) {
    return refuse("SW_FED_POLICY", "FD11", { message: "Policy does not let this server share rooms with theirs." });
  }
  if (federation.foreign < federation.maxForeign) return undefined;
  return refuse("SW_FED_POLICY", "FD11", {
    message: "The room has as many people from other servers as policy allows.",
    details: { max_foreign_participants_per_room: federation.maxForeign },
  });
}

/** A member's invite of somebody of another server: where the room is federated and policy lets members do so. */
export function mayBeInvitedFromElsewhere(facts: Facts): Objection {
  if (facts.target?.person?.participantType !== "federated") return undefined;
  return isFederated(facts) ?? membersMayInvite(facts) ?? mayComeFromElsewhere(facts);
}

function membersMayInvite(facts: Facts): Objection {
  if (facts.federation?.membersMayInvite === true) return undefined;
  return refuse("SW_FED_POLICY", "FD11", {
    message: "Policy lets administrators alone invite people of other servers.",
  });
}
