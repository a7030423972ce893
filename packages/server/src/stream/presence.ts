import { randomUUID } from "node:crypto";
import { STREAM } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import { type Bus, NO_OTHERS } from "../bus/index.ts";
import type { ReadStore } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";
import { Elsewhere, type Person } from "./elsewhere.ts";
import { jsonFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";
import type { Listener } from "./listener.ts";
import { listRoomSettings } from "./listener.store.ts";

export type PresenceStatus = "online" | "away" | "offline";

/**
 * Presence is told in rooms with at most so many listeners on a node. In larger ones whoever looks asks
 * `GET /v1/presence`: a thousand people coming online in a thousand-member room would be a million frames.
 */
const ROOM_LISTENERS = 100;

export interface PresenceParts {
  db: ReadStore;
  hub: Hub;
  bus?: Bus;
  onFault: (error: unknown) => void;
}

/**
 * Who is here: online while they have a stream or a poll on any node, and 10 s longer, in which most come back; unless
 * they say that they are away (ST5). Nothing of it is stored.
 */
export class Presence {
  readonly #parts: PresenceParts;
  readonly #elsewhere: Elsewhere;
  /** Whoever is not offline on this node; with a timer those whose last stream has ended. */
  readonly #here = new Map<string, Person & { timer: NodeJS.Timeout | undefined }>();
  readonly #away = new Set<string>();
  /** What other nodes' people are told is told in order. */
  #telling: Promise<void> = Promise.resolve();

  constructor(parts: PresenceParts) {
    this.#parts = parts;
    this.#elsewhere = new Elsewhere(parts.bus ?? NO_OTHERS, randomUUID(), {
      people: () => this.#people(),
      countStreams: () => parts.hub.countAllStreams(),
      came: (person) => {
        if (!this.#here.has(keyOf(person))) this.#tellLater(person, "online");
      },
      gone: (person) => this.#gone(person),
      said: (person, isAway) => this.#said(person, isAway),
    });
  }

  of(tenantNo: number, participantNo: number): PresenceStatus {
    const key = `${tenantNo}:${participantNo}`;
    if (!this.#here.has(key) && !this.#elsewhere.has(tenantNo, participantNo)) return "offline";
    return this.#away.has(key) ? "away" : "online";
  }

  /** Streams, and polls that wait, of a tenant's people, on all nodes. */
  countStreams(tenantNo: number): number {
    return this.#parts.hub.countStreams(tenantNo) + this.#elsewhere.countStreams(tenantNo);
  }

  /** What the caller says of themselves; forgotten when they are offline, and nothing to those who are. */
  set({ tenant, participantNo, participantId }: Actor, status: "online" | "away"): PresenceStatus {
    const before = this.of(tenant.tenantNo, participantNo);
    if (before === "offline" || before === status) return before;
    const person = { tenantNo: tenant.tenantNo, participantNo, participantId };
    this.#elsewhere.tell("said", person, status === "away");
    this.#said(person, status === "away");
    return status;
  }

  /** A person's first stream on this node began. */
  came(listener: Listener): void {
    const { tenantNo, participantNo, participantId } = listener.who;
    const key = keyOf(listener.who);
    const wasHere = this.#here.get(key);
    clearTimeout(wasHere?.timer);
    this.#here.set(key, { tenantNo, participantNo, participantId, timer: undefined });
    if (wasHere !== undefined) return;
    this.#elsewhere.tell("came", listener.who, this.#away.has(key));
    if (!this.#elsewhere.has(tenantNo, participantNo)) this.#tell(listener.who, listener.rooms.keys(), "online");
  }

  /** A person's last stream on this node ended. */
  went(listener: Listener): void {
    const key = keyOf(listener.who);
    const here = this.#here.get(key);
    if (here === undefined) return;
    const gone = (): void => {
      this.#here.delete(key);
      this.#elsewhere.tell("gone", listener.who, false);
      if (this.of(listener.who.tenantNo, listener.who.participantNo) !== "offline") return;
      this.#away.delete(key);
      this.#tell(listener.who, listener.rooms.keys(), "offline");
    };
    here.timer = setTimeout(gone, STREAM.presenceMs).unref();
  }

  stop(): void {
    this.#elsewhere.stop();
    for (const { timer } of this.#here.values()) clearTimeout(timer);
  }

  *#people(): Iterable<Person & { isAway: boolean }> {
    for (const [key, { tenantNo, participantNo, participantId }] of this.#here) {
      yield { tenantNo, participantNo, participantId, isAway: this.#away.has(key) };
    }
  }

  #gone(person: Person): void {
    if (this.of(person.tenantNo, person.participantNo) !== "offline") return;
    this.#away.delete(keyOf(person));
    this.#tellLater(person, "offline");
  }

  #said(person: Person, isAway: boolean): void {
    const before = this.of(person.tenantNo, person.participantNo);
    const status = isAway ? "away" : "online";
    if (before === "offline" || before === status) return;
    if (isAway) this.#away.add(keyOf(person));
    else this.#away.delete(keyOf(person));
    const listener = this.#parts.hub.find(person.tenantNo, person.participantNo);
    if (listener !== undefined) this.#tell(person, listener.rooms.keys(), status);
    else this.#tellLater(person, status);
  }

  /** Tells this node's listeners of somebody who is not among them. */
  #tellLater(person: Person, status: PresenceStatus): void {
    const { db, hub, onFault } = this.#parts;
    const { tenantNo, participantNo } = person;
    if (!hub.hasListeners(tenantNo)) return;
    this.#telling = this.#telling
      .then(async () => {
        const rooms = await listRoomSettings(db, tenantNo, participantNo);
        this.#tell(
          person,
          rooms.map(({ roomNo }) => roomNo),
          status,
        );
      })
      .catch(onFault);
  }

  #tell({ tenantNo, participantNo, participantId }: Person, rooms: Iterable<number>, status: PresenceStatus): void {
    const told = new Set<Listener>();
    for (const roomNo of rooms) {
      const room = this.#parts.hub.inRoom({ tenantNo, roomNo } satisfies Pick<RoomRef, "tenantNo" | "roomNo">);
      if (room.size > ROOM_LISTENERS) continue;
      for (const listener of room) told.add(listener);
    }
    if (told.size === 0) return;
    const frame = jsonFrame({ type: "presence", participant_id: participantId, status });
    for (const listener of told) {
      if (listener.who.participantNo !== participantNo) for (const receiver of listener.receivers) receiver.note(frame);
    }
  }
}

function keyOf({ tenantNo, participantNo }: Pick<Person, "tenantNo" | "participantNo">): string {
  return `${tenantNo}:${participantNo}`;
}
