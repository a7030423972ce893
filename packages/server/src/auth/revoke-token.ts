import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import type { ActorCache } from "./actor-cache.ts";
import { holdsToken, markRevoked, type TokenOwner } from "./auth.store.ts";

/**
 * Revokes one of a person's own tokens; it stops working in this process at the commit, elsewhere within a second (AU3).
 * `SW_NOT_FOUND` for an unknown token, somebody else's, or one that was revoked before.
 */
export async function revokeToken(tx: Tx, actors: ActorCache, owner: TokenOwner, tokenId: string): Promise<void> {
  if (!(await holdsToken(tx, owner, tokenId))) {
    throw new StairwellError("SW_NOT_FOUND", { message: "There is no such token." });
  }
  await markRevoked(tx, owner.tenantNo, tokenId);
  tx.afterCommit(() => actors.forgetParticipant(owner.tenantNo, owner.participantNo));
}
