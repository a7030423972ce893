import { randomBytes } from "node:crypto";
import { fqidOf, invalid, LOCAL_ID } from "@stairwell/protocol";
import { OPERATOR, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { wireTime } from "../lib/clock.ts";
import { sha256 } from "../lib/random.ts";
import { findByFqid } from "../participants/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { insertLink } from "./admin-links.store.ts";

/** A link is good for so long, in milliseconds. */
const LIFE_MS = 24 * 3600 * 1000;
/** Marks a code, so that leaked ones can be found by tools. */
const PREFIX = "swl_";
const RANDOM_BYTES = 24;

export interface AdminLink {
  /** 192 random bits; only their SHA-256 is kept. */
  readonly code: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/**
 * Makes a link that makes somebody an admin of a tenant, once, within a day (AU10): the person of this local id, or
 * else whoever opens it, as a new person. `SW_REQUEST_INVALID` for a local id that cannot be an admin's.
 */
export async function makeAdminLink(tx: Tx, tenant: Tenant, localId: string | null): Promise<AdminLink> {
  const { tenantNo } = tenant;
  const target = localId === null ? undefined : fqidOf(localId, tenant.serverName);
  if (localId !== null && target !== undefined) {
    if (!LOCAL_ID.test(localId)) throw invalid("/local_id", "is no local id");
    const known = await findByFqid(tx, tenantNo, target);
    if (known !== undefined && known.participantType !== "human") throw invalid("/local_id", "is no human's");
    if (known !== undefined && known.deactivatedAt !== null) throw invalid("/local_id", "is deactivated");
  }
  const code = PREFIX + randomBytes(RANDOM_BYTES).toString("base64url");
  const expiresAt = tx.now + LIFE_MS;
  await insertLink(tx, sha256(code), { tenantNo, localId, expiresAt });
  const details = { local_id: localId, expires_at: wireTime(expiresAt) };
  await record(tx, { tenantNo, action: "admin_link.create", actor: OPERATOR, target, details });
  return { code, expiresAt };
}

/** Where the web client takes a code: behind `#`, so that it is in no log of any server. */
export function adminLinkUrl(origin: string | null, code: string): string {
  return `${origin?.replace(/\/$/, "") ?? ""}/#/admin-link/${code}`;
}
