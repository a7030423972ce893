import type { TenantId } from "@stairwell/protocol";

/** What bounds a tenant; null means no bound (spec/model.md, "Tenant limits"). */
export interface TenantLimits {
  /** Most joined and invited members of any one room. */
  max_participants: number | null;
  /** Open rooms that are neither DMs nor replicas. */
  max_rooms: number | null;
  max_accounts: number | null;
  max_storage_bytes: number | null;
  /** Appended events a second a participant, with the burst above it. */
  send_rate: { per_second: number; burst: number } | null;
  /** Open invites one person may hold in a room. */
  open_invites: number | null;
  /** Seconds after which a message can no longer be edited by its sender (EV3). */
  edit_window_seconds: number | null;
}

export interface Tenant {
  readonly tenantNo: number;
  readonly tenantId: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly serverName: string;
  readonly limits: TenantLimits;
  readonly suspendedAt: number | null;
}
