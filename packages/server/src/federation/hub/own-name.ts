import type { Reader } from "../../db/index.ts";
import { findTenant } from "../../tenants/index.ts";

/** What a tenant calls its server. */
export type OwnName = (reader: Reader, tenantNo: number) => Promise<string>;

/** Names as the tenants' rows say them; they never change, so each is read once. */
export function ownNames(): OwnName {
  const names = new Map<number, string>();
  return async (reader, tenantNo) => {
    const name = names.get(tenantNo) ?? (await findTenant(reader, tenantNo))!.serverName;
    names.set(tenantNo, name);
    return name;
  };
}
