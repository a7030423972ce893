import type { Fqid } from "@stairwell/protocol";
import type { Tx } from "../../db/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { knownOrMade } from "../people/foreign-people.ts";

/** Makes participants of all whom events or rows are to be about, where they are people of other servers. */
export async function introduce(tx: Tx, tenant: Tenant, people: Iterable<Fqid | null>): Promise<void> {
  for (const fqid of new Set(people)) if (fqid !== null) await knownOrMade(tx, tenant, fqid);
}
