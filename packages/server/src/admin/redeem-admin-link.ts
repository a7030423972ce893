import { fqidOf, invalid, StairwellError } from "@stairwell/protocol";
import { OPERATOR, record } from "../audit/index.ts";
import { type ActorCache, mintToken, type TokenRecord } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { sha256 } from "../lib/random.ts";
import {
  createParticipant,
  findByFqid,
  type MakePersonalWorkspace,
  type Participant,
  setAdmin,
} from "../participants/index.ts";
import { findTenant, type Tenant } from "../tenants/index.ts";
import { findLink, markUsed, type StoredLink } from "./admin-links.store.ts";

export interface Redemption {
  code: string;
  localId?: string | undefined;
  displayName?: string | undefined;
}

export interface Redeemed {
  tenant: Tenant;
  who: Participant;
  token: string;
  record: TokenRecord;
}

const TOKEN_NAME = "first sign-in";

/**
 * Makes somebody an admin by a one-time link, and mints their token (AU10). `SW_AUTH_INVALID_TOKEN` for a code that is
 * unknown or used, `SW_AUTH_EXPIRED_TOKEN` for one that is too old; `SW_REQUEST_INVALID` for a local id that the link
 * is not for, or that somebody has; `SW_TENANT_CAPACITY`. What is refused leaves the link as it is.
 */
export async function redeemAdminLink(
  tx: Tx,
  parts: { actors: ActorCache; makePersonalWorkspace: MakePersonalWorkspace },
  { code, localId, displayName }: Redemption,
): Promise<Redeemed> {
  const codeHash = sha256(code);
  const { link, tenant } = await accessLink(tx, codeHash);
  const whose = link.localId ?? localId;
  if (whose === undefined) throw invalid("/local_id", "is required: the link names nobody");
  if (localId !== undefined && localId !== whose) throw invalid("/local_id", "is not whom the link is for");
  const who = await becomeAdmin(tx, parts, tenant, { link, localId: whose, displayName });
  await markUsed(tx, tenant.tenantNo, codeHash);
  const owner = { tenantNo: tenant.tenantNo, participantNo: who.participantNo };
  const wanted = { name: TOKEN_NAME, scopes: ["read", "write", "admin"] as const, expiresAt: null };
  const minted = await mintToken(tx, owner, wanted);
  const details = { token_id: minted.record.tokenId };
  await record(tx, { tenantNo: tenant.tenantNo, action: "admin_link.redeem", actor: who.fqid, details });
  return { tenant, who, ...minted };
}

async function accessLink(tx: Tx, codeHash: string): Promise<{ link: StoredLink; tenant: Tenant }> {
  const link = await findLink(tx, codeHash);
  const tenant = link && (await findTenant(tx, link.tenantNo));
  if (link === undefined || link.usedAt !== null || tenant === undefined || tenant.suspendedAt !== null) {
    throw new StairwellError("SW_AUTH_INVALID_TOKEN", { message: "The link is unknown, or was used before." });
  }
  if (link.expiresAt <= tx.now) throw new StairwellError("SW_AUTH_EXPIRED_TOKEN", { message: "The link has expired." });
  return { link, tenant };
}

/** A link without a name makes a new person: it must not hand over the account of somebody who is there. */
async function becomeAdmin(
  tx: Tx,
  { actors, makePersonalWorkspace }: { actors: ActorCache; makePersonalWorkspace: MakePersonalWorkspace },
  tenant: Tenant,
  { link, localId, displayName }: { link: StoredLink; localId: string; displayName: string | undefined },
): Promise<Participant> {
  const known = await findByFqid(tx, tenant.tenantNo, fqidOf(localId, tenant.serverName));
  if (known !== undefined) {
    if (link.localId === null) throw invalid("/local_id", "is or was somebody's: local ids are never used again");
    if (known.deactivatedAt !== null) throw new StairwellError("SW_AUTH_INVALID_TOKEN");
    const changed = (no: number, participantNo: number): void => actors.forgetParticipant(no, participantNo);
    return setAdmin(tx, changed, tenant.tenantNo, known, true);
  }
  const wanted = { localId, participantType: "human", displayName, admin: true, by: OPERATOR } as const;
  const made = await createParticipant(tx, makePersonalWorkspace, tenant, wanted);
  if ("taken" in made) throw new Error("somebody who was not there is taken");
  return made.participant;
}
