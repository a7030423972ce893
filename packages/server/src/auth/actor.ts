import type { Fqid, ParticipantId, TokenId } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import type { Tenant } from "../tenants/index.ts";

export type ParticipantType = "human" | "bot" | "agent" | "federated";

/** Who a request comes from, proven by its credential. */
export interface Actor {
  readonly tenant: Tenant;
  readonly participantNo: number;
  readonly participantId: ParticipantId;
  readonly localId: string;
  readonly fqid: Fqid;
  readonly participantType: ParticipantType;
  /** Has the role; whether this credential may use it is in `scopes`. */
  readonly isAdmin: boolean;
  readonly scopes: ReadonlySet<Scope>;
  /** The access token used; null for development sign-in. */
  readonly tokenId: TokenId | null;
  /** When the credential ends, Unix milliseconds; infinite for one without an end. */
  readonly expiresAt: number;
}
