import { StairwellError } from "@stairwell/protocol";
import type { Reader } from "../db/index.ts";
import { admits, policyOf } from "../peers/index.ts";
import { isAcquainted } from "./rows/deliveries.store.ts";

/**
 * Refuses a server that policy keeps out: `SW_FED_POLICY`. `isOffer`: we are about to offer it a room, which `invite_only`
 * lets us; of those that ask us it admits whom a room is shared with, or was offered to, by either side.
 */
export async function mustAdmit(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  { isOffer = false }: { readonly isOffer?: boolean } = {},
): Promise<void> {
  const policy = await policyOf(reader, tenantNo);
  if (admits(policy, serverName, isOffer)) return;
  if (admits(policy, serverName, true) && (await isAcquainted(reader, tenantNo, serverName))) return;
  throw new StairwellError("SW_FED_POLICY", { rule: "FD11" });
}
