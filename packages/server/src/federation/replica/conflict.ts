import { serverFqid, StairwellError } from "@stairwell/protocol";
import type { SignedHead } from "@stairwell/protocol/federation";
import { record } from "../../audit/index.ts";
import type { StoredEvent } from "../../events/index.ts";
import type { StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { findReplica, saveReplica } from "../replicas.store.ts";
import type { ReplicaParts } from "./peer.ts";

/**
 * A hub has signed two events for one position (FD17): the replica takes nothing more of it, both heads are kept, and it
 * goes on record for the administrators. `other`: the hash that it has said now, which `head` covers by the chain. Answers what is to be thrown.
 */
export async function conflicting(
  { db }: Pick<ReplicaParts, "db">,
  { tenantNo }: Tenant,
  stored: StoredRoom,
  here: Pick<StoredEvent, "position" | "hash" | "eventId">,
  other: string,
  head: SignedHead,
): Promise<StairwellError> {
  await db.write({ tenantNo }, async (tx) => {
    const replica = await findReplica(tx, stored);
    if (replica === undefined || replica.state === "conflict") return;
    const proofs = replica.head === null ? [head] : [replica.head, head];
    await saveReplica(tx, stored, { ...replica, state: "conflict", proofs });
    const details = { position: here.position, hash: here.hash, other };
    await record(tx, {
      tenantNo,
      action: "federation.conflict",
      actor: serverFqid(stored.hub),
      roomId: stored.roomId,
      eventId: here.eventId,
      details,
    });
  });
  return frozen();
}

/** Why nothing more is taken of a room whose hub has said two things of one position. */
export function frozen(): StairwellError {
  return new StairwellError("SW_ROOM_FROZEN", {
    message: "Its hub has said two things of one position.",
    rule: "FD17",
  });
}
