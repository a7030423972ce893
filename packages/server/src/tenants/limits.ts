import { LIMITS } from "@stairwell/protocol";
import type { TenantLimits } from "./tenant.ts";

/** What a tenant starts with (spec/model.md, "Tenant limits"). */
export const DEFAULT_LIMITS: TenantLimits = {
  max_participants: 50_000,
  max_rooms: null,
  max_accounts: null,
  max_storage_bytes: null,
  send_rate: { per_second: 50, burst: 200 },
  open_invites: LIMITS.openInvites,
  edit_window_seconds: 24 * 60 * 60,
};

/** No bounds at all, for benchmarks and replays. */
export const NO_LIMITS: TenantLimits = {
  max_participants: null,
  max_rooms: null,
  max_accounts: null,
  max_storage_bytes: null,
  send_rate: null,
  open_invites: null,
  edit_window_seconds: null,
};
