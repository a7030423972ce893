import type { Actor } from "../auth/index.ts";
import type { RoomRef } from "../events/index.ts";
import { jsonFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";
import type { Listener } from "./listener.ts";

export type PresenceStatus = "online" | "away" | "offline";

/**
 * Presence is told in rooms with at most so many listeners. In larger ones whoever looks asks `GET /v1/presence`:
 * a thousand people coming online in a thousand-member room would be a million frames.
 */
const ROOM_LISTENERS = 100;

/** Who is here: online while they have a stream, unless they say they are away (ST5). Nothing of it is stored. */
export class Presence {
  readonly #hub: Hub;
  readonly #away = new Set<string>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  of(tenantNo: number, participantNo: number): PresenceStatus {
    if (this.#hub.find(tenantNo, participantNo) === undefined) return "offline";
    return this.#away.has(`${tenantNo}:${participantNo}`) ? "away" : "online";
  }

  /** What the caller says of themselves; forgotten when their last stream ends. */
  set({ tenant, participantNo }: Actor, status: "online" | "away"): PresenceStatus {
    const key = `${tenant.tenantNo}:${participantNo}`;
    const before = this.of(tenant.tenantNo, participantNo);
    if (status === "away") this.#away.add(key);
    else this.#away.delete(key);
    const listener = this.#hub.find(tenant.tenantNo, participantNo);
    const after = this.of(tenant.tenantNo, participantNo);
    if (listener !== undefined && before !== after) this.#tell(listener, after);
    return after;
  }

  /** A person's first stream began. */
  came(listener: Listener): void {
    this.#tell(listener, "online");
  }

  /** A person's last stream ended. */
  went(listener: Listener): void {
    this.#away.delete(`${listener.who.tenantNo}:${listener.who.participantNo}`);
    this.#tell(listener, "offline");
  }

  #tell({ who, rooms }: Listener, status: PresenceStatus): void {
    const told = new Set<Listener>();
    for (const roomNo of rooms.keys()) {
      const room = this.#hub.inRoom({ tenantNo: who.tenantNo, roomNo } satisfies Pick<RoomRef, "tenantNo" | "roomNo">);
      if (room.size > ROOM_LISTENERS) continue;
      for (const listener of room) told.add(listener);
    }
    if (told.size === 0) return;
    const frame = jsonFrame({ type: "presence", participant_id: who.participantId, status });
    for (const listener of told) {
      if (listener.who.participantNo !== who.participantNo) for (const receiver of listener.receivers) receiver.note(frame);
    }
  }
}
