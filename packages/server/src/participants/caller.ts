import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import type { Participant } from "./participant.ts";
import { findByNo } from "./participants.store.ts";

/** A person by number, as the operations on oneself take them. */
export interface Caller {
  readonly tenantNo: number;
  readonly participantNo: number;
}

export function callerOf(actor: Actor): Caller {
  return { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
}

/** The caller's own row; whoever was authenticated has one. */
export async function findCaller(reader: Reader, caller: Caller): Promise<Participant> {
  const found = await findByNo(reader, caller.tenantNo, caller.participantNo);
  if (found === undefined) throw new Error("an authenticated participant has no row");
  return found;
}
