import { cleanName, LIMITS } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import type { Db } from "../../db/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { takeTold } from "../people/foreign-names.ts";

/** Takes what a server says of one of its own people; of somebody who is not known here nothing is kept. */
export async function takeProfile(
  db: Db,
  { tenantNo }: Tenant,
  { fqid, display_name }: Extract<Item, { type: "profile" }>,
): Promise<void> {
  const displayName = cleanName(display_name, "/display_name", LIMITS.displayNameLength);
  await db.write({ tenantNo }, (tx) => takeTold(tx, tenantNo, fqid, displayName));
}
