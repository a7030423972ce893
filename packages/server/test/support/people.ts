import type { Actor } from "../../src/auth/index.ts";
import type { Db } from "../../src/db/index.ts";
import { createParticipant, type NewParticipant, type Participant } from "../../src/participants/index.ts";
import { createTenant, type Tenant, type TenantLimits } from "../../src/tenants/index.ts";
import { makePersonalWorkspace } from "../../src/workspaces/index.ts";

export async function makeTenant(db: Db, slug: string, limits?: TenantLimits): Promise<Tenant> {
  const made = await db.write("deployment", (tx) => createTenant(tx, { slug, serverName: `${slug}.example`, limits }));
  if ("taken" in made) throw new Error(`${slug} is taken`);
  return made.tenant;
}

export async function makePerson(
  db: Db,
  tenant: Tenant,
  localId: string,
  more: Partial<NewParticipant> = {},
): Promise<Participant> {
  const wanted = { localId, participantType: "human" as const, ...more };
  const made = await db.write("deployment", (tx) => createParticipant(tx, makePersonalWorkspace, tenant, wanted));
  if ("taken" in made) throw new Error(`${localId} is taken`);
  return made.participant;
}

/** Somebody who came in with all the scopes that their role allows. */
export function actorFor(tenant: Tenant, who: Participant): Actor {
  const isAdmin = who.roles.includes("admin");
  return {
    tenant,
    participantNo: who.participantNo,
    participantId: who.participantId,
    localId: who.localId,
    fqid: who.fqid,
    participantType: who.participantType,
    isAdmin,
    scopes: new Set(isAdmin ? ["read", "write", "admin"] : ["read", "write"]),
    tokenId: null,
    expiresAt: Infinity,
  };
}
