import type { DataOf, participants } from "@stairwell/protocol/api";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import type { TokenRecord } from "./auth.store.ts";

export type TokenView = DataOf<typeof participants.listTokens>[number];

/** A token as its owner sees it: all but the token. */
export function tokenView(record: TokenRecord): TokenView {
  return {
    id: record.tokenId,
    name: record.name,
    scopes: [...record.scopes],
    created_at: wireTime(record.createdAt),
    expires_at: wireTimeOrNull(record.expiresAt),
  };
}
