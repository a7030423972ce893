import { type Draft, NOTHING } from "../decision.ts";
import { departure } from "../departure.ts";
import { MEMBER } from "../events/index.ts";
import { actorMember, mustBeJoined, seen } from "../guards.ts";
import type { Rule } from "./rule.ts";

export interface Leave {
  readonly kind: "leave";
  readonly reason?: string;
}

/** Leave and decline (MB6): never refused to one who is in or invited, in frozen rooms either; again it changes nothing (MB8). */
export const leave: Rule<Leave> = {
  may: (facts) => {
    switch (actorMember(facts)?.membership) {
      case "join":
      case "invite":
        return undefined;
      case "leave":
        // MB8 before VS3: whoever has left may say so again.
        return facts.room === undefined ? seen(facts) : undefined;
      default:
        return seen(facts) ?? mustBeJoined(facts, "MB8");
    }
  },
  outcome: (facts, { reason }) => {
    const member = actorMember(facts)!;
    if (member.membership === "leave") return NOTHING;
    const draft: Draft = {
      type: MEMBER,
      content: {
        participant: member.fqid,
        membership: "leave",
        cause: member.membership === "invite" ? "declined" : "left",
        ...(reason === undefined ? {} : { reason }),
      },
      sender: member.fqid,
    };
    return departure(facts, member, draft);
  },
};
