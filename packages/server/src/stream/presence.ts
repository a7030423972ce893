import { STREAM } from "@stairwell/protocol/stream";
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

/**
 * Who is here: online while they have a stream or a poll, and 10 s longer, in which most come back; unless they say that
 * they are away (ST5). Nothing of it is stored.
 */
export class Presence {
  readonly #hub: Hub;
  /** Whoever is not offline; with a timer those whose last stream has ended. */
  readonly #here = new Map<string, NodeJS.Timeout | undefined>();
  readonly #away = new Set<string>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  of(tenantNo: number, participantNo: number): PresenceStatus {
    const key = `${tenantNo}:${participantNo}`;
    if (!this.#here.has(key)) return "offline";
    return this.#away.has(key) ? "away" : "online";
  }

  /** What the caller says of themselves; forgotten when they are offline, and nothing to those who are. */
  set({ tenant, participantNo }: Actor, status: "online" | "away"): PresenceStatus {
    const before = this.of(tenant.tenantNo, participantNo);
    if (before === "offline" || before === status) return before;
    const key = `${tenant.tenantNo}:${participantNo}`;
    if (status === "away") this.#away.add(key);
    else this.#away.delete(key);
    const listener = this.#hub.find(tenant.tenantNo, participantNo);
    if (listener !== undefined) this.#tell(listener, status);
    return status;
  }

  /** A person's first stream began. */
  came(listener: Listener): void {
    const key = keyOf(listener);
    const isBack = this.#here.has(key);
    clearTimeout(this.#here.get(key));
    this.#here.set(key, undefined);
    if (!isBack) this.#tell(listener, "online");
  }

  /** A person's last stream ended. */
  went(listener: Listener): void {
    const key = keyOf(listener);
    if (!this.#here.has(key)) return;
    const gone = (): void => {
      this.#here.delete(key);
      this.#away.delete(key);
      this.#tell(listener, "offline");
    };
    this.#here.set(key, setTimeout(gone, STREAM.presenceMs).unref());
  }

  stop(): void {
    for (const timer of this.#here.values()) clearTimeout(timer);
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
      if (listener.who.participantNo !== who.participantNo)
        for (const receiver of listener.receivers) receiver.note(frame);
    }
  }
}

function keyOf({ who }: Listener): string {
  return `${who.tenantNo}:${who.participantNo}`;
}
