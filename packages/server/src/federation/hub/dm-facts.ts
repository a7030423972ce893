import type { Facts, Person } from "@stairwell/protocol/room";
import type { Actor } from "../../auth/index.ts";
import type { Reader } from "../../db/index.ts";
import { admits, policyOf } from "../../peers/index.ts";
import { bareFacts } from "../../state/index.ts";

/**
 * What a direct room of two servers is decided by that is not there yet: who opens it, with whom, and what policy says of the
 * other server. Whether members may invite people of other servers to rooms is another question (FD24). `now`: Unix ms.
 */
export async function factsOfNewDm(
  reader: Reader,
  actor: Actor,
  now: number,
  serverName: string,
  other: Person,
): Promise<Facts> {
  const policy = await policyOf(reader, actor.tenant.tenantNo);
  return {
    ...bareFacts(actor, now, undefined, undefined),
    target: { person: other, member: undefined },
    federation: {
      isAllowed: admits(policy, serverName, true),
      membersMayInvite: policy.members_may_invite,
      foreign: 0,
      maxForeign: policy.max_foreign_participants_per_room,
    },
  };
}
