import { StairwellError } from "@stairwell/protocol";
import { decide } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { carryOut, factsOf, findRoomByNo, type StoredRoom } from "../state/index.ts";

export type InviteOutcome =
  | { participant_id: string; membership: "invite" | "join" }
  | { participant_id: string; error: { code: string; message: string } };

/** Invites people to a room that was just made, each decided on its own: a refusal is told, not thrown. */
export async function inviteFirst(
  tx: Tx,
  log: Log,
  actor: Actor,
  room: StoredRoom,
  participantIds: readonly string[],
): Promise<{ outcomes: InviteOutcome[]; appended: number }> {
  const outcomes: InviteOutcome[] = [];
  let appended = 0;
  for (const participantId of new Set(participantIds)) {
    // Read anew: the invite before has changed the room's counts.
    const stored = await findRoomByNo(tx, room.tenantNo, room.roomNo);
    const found = await factsOf(tx, actor, tx.now, stored, { target: { participantId }, openInvites: true });
    try {
      if (participantId === actor.participantId) {
        throw new StairwellError("SW_REQUEST_INVALID", { message: "The creator is in the room already." });
      }
      const { events } = await carryOut(tx, log, found, decide(found.facts, { kind: "invite" }));
      appended += events.length;
      outcomes.push({ participant_id: participantId, membership: events.length === 2 ? "join" : "invite" });
    } catch (error) {
      if (!(error instanceof StairwellError)) throw error;
      outcomes.push({ participant_id: participantId, error: { code: error.code, message: error.message } });
    }
  }
  return { outcomes, appended };
}
