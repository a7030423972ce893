import { LOCAL_ID } from "@stairwell/protocol";
import { TENANT_SLUG, type Tenant } from "../tenants/index.ts";
import type { Account } from "./account.ts";

/** How credentials of development mode begin. */
export const DEVELOPMENT_PREFIX = "dev-";
const USUAL_TENANT = "dev";

/** Who a credential of development mode names. */
export interface Developer {
  localId: string;
  tenantSlug: string;
}

/**
 * Makes sure that a developer's tenant, participant and personal workspace exist, and answers them.
 * Undefined when they cannot be: the server name is another tenant's.
 */
export type SignInDeveloper = (developer: Developer) => Promise<{ tenant: Tenant; account: Account } | undefined>;

/** Reads `dev-NAME` or `dev-NAME@SLUG`; undefined when it is neither. */
export function parseDeveloper(credential: string): Developer | undefined {
  if (!credential.startsWith(DEVELOPMENT_PREFIX)) return undefined;
  const [localId = "", tenantSlug = USUAL_TENANT, ...rest] = credential.slice(DEVELOPMENT_PREFIX.length).split("@");
  const isValid = rest.length === 0 && LOCAL_ID.test(localId) && TENANT_SLUG.test(tenantSlug);
  return isValid ? { localId, tenantSlug } : undefined;
}
