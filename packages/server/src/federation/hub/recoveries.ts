import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../../db/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { every, type Loop } from "../../lib/periodic.ts";
import type { Timers } from "../../lib/timers.ts";
import { endRecovery, listRecoveries, noteRecoveryError, type Recovery } from "../../peers/index.ts";
import { findRoomByNo, type StoredRoom } from "../../state/index.ts";
import { findTenant, type Tenant } from "../../tenants/index.ts";
import { BackOff } from "../outbound/back-off.ts";

export interface RecoveriesParts {
  readonly db: Db;
  readonly clock: Pick<Clock, "monotonic">;
  readonly timers: Timers;
  /** How a room gets back what a server has of its log. */
  readonly recover: (tenant: Tenant, at: StoredRoom) => (serverName: string) => Promise<void>;
  /** Something can be told again. */
  readonly wake: (tenantNo: number) => void;
  readonly onFault: (error: unknown) => void;
}

const LOOK_MS = 500;
/** Rooms at one look. */
const MOST = 100;
/** However long a server is away: people wait for it. */
const MOST_WAIT_MS = 30_000;

/** After the store was restored, asks those who share rooms for what it has lost, until they have answered (FD17). */
export class Recoveries {
  readonly #parts: RecoveriesParts;
  readonly #loop: Loop;
  readonly #away = new Map<string, { readonly backOff: BackOff; until: number }>();

  constructor(parts: RecoveriesParts) {
    this.#parts = parts;
    this.#loop = every(LOOK_MS, (signal) => this.#look(signal), parts.onFault, parts.timers);
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const waiting = await listRecoveries(this.#parts.db, null, MOST);
    const servers = Map.groupBy(waiting, ({ tenantNo, serverName }) => `${tenantNo} ${serverName}`);
    await Promise.all([...servers].map(([key, rooms]) => this.#askAll(key, rooms, signal)));
  }

  /** Room by room: whoever is away for one is so for all. */
  async #askAll(key: string, rooms: readonly Recovery[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const away = this.#away.get(key) ?? { backOff: new BackOff(), until: 0 };
    this.#away.set(key, away);
    if (away.until > clock.monotonic()) return;
    for (const room of rooms) {
      if (signal.aborted) return;
      if (await this.#ask(room)) continue;
      away.until = clock.monotonic() + Math.min(MOST_WAIT_MS, away.backOff.failed());
      return;
    }
    this.#away.delete(key);
  }

  async #ask(recovery: Recovery): Promise<boolean> {
    const { db, recover, wake, onFault } = this.#parts;
    const { tenantNo, serverName } = recovery;
    try {
      const tenant = await findTenant(db, tenantNo);
      const at = await findRoomByNo(db, tenantNo, recovery.roomNo);
      if (tenant !== undefined && at !== undefined) await recover(tenant, at)(serverName);
    } catch (error) {
      // Who says that it has no such room has nothing of it.
      if (!(error instanceof StairwellError && error.code === "SW_ROOM_NOT_FOUND")) {
        onFault(error);
        const message = error instanceof Error ? error.message : String(error);
        if (message !== recovery.lastError) {
          await db.write({ tenantNo }, (tx) => noteRecoveryError(tx, recovery, serverName, message));
        }
        return false;
      }
    }
    await db.write({ tenantNo }, (tx) => endRecovery(tx, recovery, serverName));
    wake(tenantNo);
    return true;
  }
}
