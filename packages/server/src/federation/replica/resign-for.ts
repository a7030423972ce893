import type { Fqid } from "@stairwell/protocol";
import type { Tx } from "../../db/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { findMember, saveLeaving, type StoredRoom } from "../../state/index.ts";
import { insertOutgoing } from "../rows/outgoing.store.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import type { LeavingParts } from "./leaving.ts";

/**
 * Takes somebody of ours out of a room of another server, whose hub is told when it can be (FD10, AU9): they neither read
 * nor hear of it from now on. Of a room that is shared no more nobody is told. False for somebody who is not in it.
 */
export async function resignFor(
  tx: Tx,
  { tellLeaving }: Pick<LeavingParts, "tellLeaving">,
  at: StoredRoom,
  participant: Fqid,
  cause: "deactivated" | "defederated",
): Promise<boolean> {
  const who = await findByFqid(tx, at.tenantNo, participant);
  const member = who && (await findMember(tx, at, who.participantNo));
  if (member?.membership !== "join" && member?.membership !== "invite") return false;
  const { participantNo } = who!;
  const isOver = (await findReplicaState(tx, at)) === "ended";
  if (!isOver) await insertOutgoing(tx, at, at.hub, { kind: "resign", participant, cause });
  await saveLeaving(tx, at, participantNo, { kind: isOver ? "left" : "resigned", eventId: null });
  tx.afterCommit(() => tellLeaving(at, participantNo, true));
  return true;
}
