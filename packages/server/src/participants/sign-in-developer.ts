import { fqidOf, SERVER_NAME, serverFqid } from "@stairwell/protocol";
import type { Account, Developer, SignInDeveloper } from "../auth/index.ts";
import { isAdmin } from "../auth/index.ts";
import type { Db, Reader, Tx } from "../db/index.ts";
import { createTenant, findTenantBySlug, type Tenant } from "../tenants/index.ts";
import { createParticipant, type MakePersonalWorkspace } from "./create-participant.ts";
import { findByFqid } from "./participants.store.ts";
import { setAdmin } from "./set-admin.ts";

/** This developer is an admin of every tenant they sign in to. */
const ADMIN_NAME = "admin";

/**
 * Development mode's sign-in: tenant, participant and personal workspace are made on first use, in one transaction,
 * so that first uses at the same moment make one of each. Later uses only read.
 */
export function developerSignIn(
  db: Db,
  makePersonalWorkspace: MakePersonalWorkspace,
  changed: (tenantNo: number, participantNo: number) => void,
): SignInDeveloper {
  return async (developer) => {
    const known = await find(db, developer);
    if (known?.account !== undefined && (developer.localId !== ADMIN_NAME || isComplete(known.account))) {
      return { tenant: known.tenant, account: known.account };
    }
    if (known?.tenant.suspendedAt != null) return undefined;
    return db.write(known?.tenant ?? "deployment", (tx) => make(tx, makePersonalWorkspace, changed, developer));
  };
}

async function make(
  tx: Tx,
  makePersonalWorkspace: MakePersonalWorkspace,
  changed: (tenantNo: number, participantNo: number) => void,
  developer: Developer,
): Promise<{ tenant: Tenant; account: Account } | undefined> {
  const { localId, tenantSlug } = developer;
  const tenant = (await findTenantBySlug(tx, tenantSlug)) ?? (await makeTenant(tx, tenantSlug));
  if (tenant === undefined) return undefined;
  const admin = localId === ADMIN_NAME;
  const known = await findByFqid(tx, tenant.tenantNo, fqidOf(localId, tenant.serverName));
  if (known !== undefined) {
    const grants = admin && !isComplete(known);
    return {
      tenant,
      account: grants
        ? await setAdmin(tx, changed, tenant.tenantNo, known, true, serverFqid(tenant.serverName))
        : known,
    };
  }
  const made = await createParticipant(tx, makePersonalWorkspace, tenant, { localId, participantType: "human", admin });
  return "taken" in made ? undefined : { tenant, account: made.participant };
}

async function makeTenant(tx: Tx, slug: string): Promise<Tenant | undefined> {
  const serverName = `${slug}.localhost`;
  // A slug may end in a hyphen, a DNS label may not.
  if (!SERVER_NAME.test(serverName)) return undefined;
  const made = await createTenant(tx, { slug, serverName, by: serverFqid(serverName) });
  return "tenant" in made ? made.tenant : undefined;
}

async function find(
  reader: Reader,
  { localId, tenantSlug }: Developer,
): Promise<{ tenant: Tenant; account: Account | undefined } | undefined> {
  const tenant = await findTenantBySlug(reader, tenantSlug);
  return tenant && { tenant, account: await findByFqid(reader, tenant.tenantNo, fqidOf(localId, tenant.serverName)) };
}

/** A bot that bears the admin's name stays what it is, and so does one who was deactivated. */
function isComplete(account: Account): boolean {
  return account.participantType !== "human" || account.deactivatedAt !== null || isAdmin(account);
}
