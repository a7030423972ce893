import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findById, type Participant } from "../participants/index.ts";

/** Somebody of the admin's tenant, deactivated or not. `SW_PARTICIPANT_NOT_FOUND`, for those of other tenants too. */
export async function accessParticipant(reader: Reader, actor: Actor, participantId: string): Promise<Participant> {
  const found = await findById(reader, actor.tenant.tenantNo, participantId);
  if (found === undefined) throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  return found;
}

/** A bot or an agent, whose tokens an admin sees to. `SW_AUTH_INSUFFICIENT_PERMISSION` for everybody else (AU11). */
export async function accessBot(reader: Reader, actor: Actor, participantId: string): Promise<Participant> {
  const found = await accessParticipant(reader, actor, participantId);
  if (found.participantType === "bot" || found.participantType === "agent") return found;
  throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
    message: "People see to their own tokens; an admin to those of bots and agents.",
    rule: "AU11",
  });
}
