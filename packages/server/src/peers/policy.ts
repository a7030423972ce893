/** With whom a tenant shares, before its lists of servers are looked at. */
export const FEDERATION_MODES = ["closed", "invite_only", "open"] as const;
export type FederationMode = (typeof FEDERATION_MODES)[number];

/** A tenant's policy towards other servers (spec/federation.md, "Policy and peers"). */
export interface FederationPolicy {
  readonly default_mode: FederationMode;
  readonly allowed_peers: readonly string[];
  readonly denied_peers: readonly string[];
  readonly max_foreign_participants_per_room: number;
  readonly max_backfill_events_per_request: number;
  readonly members_may_invite: boolean;
  readonly history_before_join: boolean;
}

/** What holds until an administrator says otherwise: no server is answered. */
export const NO_FEDERATION: FederationPolicy = {
  default_mode: "closed",
  allowed_peers: [],
  denied_peers: [],
  max_foreign_participants_per_room: 50,
  max_backfill_events_per_request: 1000,
  members_may_invite: false,
  history_before_join: false,
};

/**
 * Whether a policy lets another server ask, and be asked. A denied server never; an allowed one always; of the others
 * `closed` lets none, `open` all, and `invite_only` those that a room is shared with or was offered to.
 */
export function admits(policy: FederationPolicy, serverName: string, isInvited: boolean): boolean {
  if (policy.denied_peers.includes(serverName)) return false;
  if (policy.allowed_peers.includes(serverName)) return true;
  return policy.default_mode === "open" || (policy.default_mode === "invite_only" && isInvited);
}
