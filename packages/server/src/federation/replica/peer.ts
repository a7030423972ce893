import type { Json, RoomId } from "@stairwell/protocol";
import type { Db } from "../../db/index.ts";
import type { Log } from "../../events/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Participant } from "../../participants/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import type { KeyOf } from "../wire/heads.ts";
import type { KeyAt } from "./check-events.ts";
import type { Fates } from "./fates.ts";
import type { Gaps } from "./gaps.ts";

/** Another server that orders rooms in which people of a tenant are. */
export interface HubPeer {
  readonly tenant: Tenant;
  readonly serverName: string;
  readonly keyOf: KeyOf;
}

export interface ReplicaParts {
  readonly db: Db;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
  readonly fates: Fates;
  readonly gaps: Gaps;
  /** The keys of whoever speaks in what a server tells. */
  readonly keyAt: (tenantNo: number, toldBy: string) => KeyAt;
  /** Somebody who accepts every invite was invited (MB5). */
  readonly eager: (tenant: Tenant, who: Participant, roomId: RoomId) => void;
  /** Asks another server for something; what it answers is untrusted. Throws as `askPeer`. */
  readonly get: (tenant: Tenant, serverName: string, target: string) => Promise<Json>;
  /** Something failed that is no refusal of anything. */
  readonly onFault: (error: unknown) => void;
}
