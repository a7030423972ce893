import type { RoomRef } from "../events/index.ts";
import type { Listener } from "./listener.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

const NOBODY: ReadonlySet<Listener> = new Set();

/** Who listens to which room, tenant by tenant. */
export class HeardRooms {
  readonly #tenants = new Map<number, Map<number, Set<Listener>>>();
  /** Grows with each room that somebody begins to listen to, and with each person who comes: their rooms are not known yet. */
  growth = 0;

  /** Those of a room who are listening now. */
  in({ tenantNo, roomNo }: Room): ReadonlySet<Listener> {
    return this.#tenants.get(tenantNo)?.get(roomNo) ?? NOBODY;
  }

  /** The numbers of a tenant's rooms that somebody listens to. */
  of(tenantNo: number): readonly number[] {
    return [...(this.#tenants.get(tenantNo)?.keys() ?? [])];
  }

  add({ tenantNo, roomNo }: Room, listener: Listener): void {
    let rooms = this.#tenants.get(tenantNo);
    if (rooms === undefined) this.#tenants.set(tenantNo, (rooms = new Map()));
    let room = rooms.get(roomNo);
    if (room === undefined) {
      rooms.set(roomNo, (room = new Set()));
      this.growth++;
    }
    room.add(listener);
  }

  remove({ tenantNo, roomNo }: Room, listener: Listener): void {
    const rooms = this.#tenants.get(tenantNo);
    const room = rooms?.get(roomNo);
    if (room?.delete(listener) !== true || room.size > 0) return;
    rooms!.delete(roomNo);
    if (rooms!.size === 0) this.#tenants.delete(tenantNo);
  }
}
