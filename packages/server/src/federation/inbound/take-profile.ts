import { cleanName, LIMITS } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import type { Db } from "../../db/index.ts";
import { findByFqid, saveParticipant } from "../../participants/index.ts";
import type { Tenant } from "../../tenants/index.ts";

/** Takes what a server says of one of its own people; of somebody who is not known here nothing is kept. */
export async function takeProfile(
  db: Db,
  { tenantNo }: Tenant,
  { fqid, display_name }: Extract<Item, { type: "profile" }>,
): Promise<void> {
  const displayName = cleanName(display_name, "/display_name", LIMITS.displayNameLength);
  await db.write({ tenantNo }, async (tx) => {
    const known = await findByFqid(tx, tenantNo, fqid);
    if (known?.participantType !== "federated" || known.displayName === displayName) return;
    await saveParticipant(tx, tenantNo, { ...known, displayName });
  });
}
