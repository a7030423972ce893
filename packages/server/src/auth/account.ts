import type { Fqid, ParticipantId } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import type { Tenant } from "../tenants/index.ts";
import type { Actor, ParticipantType } from "./actor.ts";

/** What authentication needs to know of a person; participants/ answers it. */
export interface Account {
  readonly participantNo: number;
  readonly participantId: ParticipantId;
  readonly localId: string;
  readonly fqid: Fqid;
  readonly participantType: ParticipantType;
  readonly roles: readonly string[];
  readonly deactivatedAt: number | null;
}

export type FindAccount = (reader: Reader, tenantNo: number, participantNo: number) => Promise<Account | undefined>;

/** A person's role that lets them use the scope `admin`. */
export const ADMIN_ROLE = "admin";

/** Has the role; a bot or an agent never does, whatever its row says. */
export function isAdmin(account: Pick<Account, "participantType" | "roles">): boolean {
  return account.participantType === "human" && account.roles.includes(ADMIN_ROLE);
}

/** Who a credential with these scopes speaks for. The scope `admin` is worth nothing without the role. */
export function actorOf(
  tenant: Tenant,
  account: Account,
  scopes: Iterable<Scope>,
  tokenId: Actor["tokenId"],
  expiresAt = Infinity,
): Actor {
  const admin = isAdmin(account);
  const usable = new Set(scopes);
  if (!admin) usable.delete("admin");
  return {
    tenant,
    participantNo: account.participantNo,
    participantId: account.participantId,
    localId: account.localId,
    fqid: account.fqid,
    participantType: account.participantType,
    isAdmin: admin,
    scopes: usable,
    tokenId,
    expiresAt,
  };
}
