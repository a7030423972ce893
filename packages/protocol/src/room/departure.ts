import { append, automatic, type Decision, type Draft, type Facts } from "./decision.ts";
import { POWER_LEVEL, STATE } from "./events/index.ts";
import { roomOf } from "./guards.ts";
import { type MemberState, POWER } from "./state.ts";

/**
 * A member's going, however it comes, with what follows from it in the same transaction:
 * an incognito room closes with its creator; the last one out archives the room (MB16); the last admin
 * leaves an heir (MB15). `draft` is the event by which `member` goes.
 */
export function departure(facts: Facts, member: MemberState | undefined, draft: Draft): Decision {
  const room = roomOf(facts);
  if (member?.membership !== "join" || room.state === "closed") return append(draft);
  if (room.closeOnLeave && member.fqid === room.creator) {
    return append(draft, automatic(facts, STATE, { state: "closed" }, 0));
  }
  if (room.joinedCount === 1) {
    return room.state === "open" ? append(draft, automatic(facts, STATE, { state: "archived" }, 0)) : append(draft);
  }
  const isLastAdmin = member.powerLevel === POWER.admin && room.adminCount === 1;
  if (room.roomType === "dm" || !isLastAdmin) return append(draft);
  if (facts.heir === undefined) throw new Error("the last admin goes and nobody was found to inherit");
  return append(draft, automatic(facts, POWER_LEVEL, { participant: facts.heir, power_level: POWER.admin }, 0));
}
