import type { Reader } from "../db/index.ts";
import { cameIntoSight, isCutOff } from "../events/index.ts";

/** Whether somebody cannot go on from a place in the tenant's commits: a room came with a history, or its log is another. */
export async function leadsNowhere(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  seq: number,
): Promise<boolean> {
  return (await cameIntoSight(reader, tenantNo, participantNo, seq)) || isCutOff(reader, tenantNo, participantNo, seq);
}
