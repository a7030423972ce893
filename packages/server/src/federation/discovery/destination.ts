import type { Reader } from "../../db/index.ts";
import { findTenantByServerName, type Tenant } from "../../tenants/index.ts";

/**
 * The tenant that a request is for, by the `Host` that was asked: its server name, in any case, and with the usual port
 * written out or not. Undefined for a host that is nobody's here, and for a tenant that is suspended.
 */
export async function destinationOf(reader: Reader, host: string | undefined): Promise<Tenant | undefined> {
  if (host === undefined) return undefined;
  const tenant = await findTenantByServerName(reader, host.toLowerCase().replace(/:443$/, ""));
  return tenant === undefined || tenant.suspendedAt !== null ? undefined : tenant;
}
