import { StairwellError } from "@stairwell/protocol";
import type { WireRefusal } from "@stairwell/protocol/federation";
import type { Tx } from "../../db/index.ts";
import { findNewestSeq } from "../../events/index.ts";
import { insertRefusal } from "../../peers/index.ts";
import { endSharingHere, endWithRoom, type StoredRoom } from "../../state/index.ts";
import { listPendingIn, settle } from "../rows/proposals.store.ts";
import { saveReplicaState } from "../rows/replicas.store.ts";

const OVER: WireRefusal = { code: "SW_ROOM_FROZEN", rule: "FD17" };

/** A room of another server is over here, whatever that server says: what is here stays, and what waited is refused. */
export async function endHere(tx: Tx, at: StoredRoom): Promise<void> {
  await saveReplicaState(tx, at, "ended");
  await endSharingHere(tx, at);
  await endWithRoom(tx, at);
  const seq = await findNewestSeq(tx, at.tenantNo);
  for (const { event, participantNo } of await listPendingIn(tx, at)) {
    await settle(tx, at.tenantNo, event.id, { error: OVER });
    await insertRefusal(tx, at.tenantNo, participantNo, { id: event.id, roomId: at.roomId, error: OVER }, seq);
  }
}

/** Why nothing more is taken of a room whose sharing has ended. */
export function over(): StairwellError {
  return new StairwellError("SW_ROOM_FROZEN", { message: "The sharing of this room has ended here.", rule: "FD10" });
}
