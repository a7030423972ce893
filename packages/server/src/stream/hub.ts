import { parseJson } from "@stairwell/protocol";
import { MEMBER, type MemberContent, type NotificationSettings } from "@stairwell/protocol/room";
import type { ReadStore } from "../db/index.ts";
import type { RoomRef, StoredEvent } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { eventFrameJson } from "../messages/index.ts";
import { findMarker } from "../reading/index.ts";
import { findLeaving, isJoined } from "../state/index.ts";
import { cursorText } from "./cursor.ts";
import { textFrame } from "./frame.ts";
import { HeardRooms } from "./heard-rooms.ts";
import { Listener, type Receiver, type Who } from "./listener.ts";
import { type OnItsWay, withdraw } from "./withdraw.ts";

export interface HubParts {
  db: ReadStore;
  identities: Identities;
  onFault: (error: unknown) => void;
  /** Sees to it that what others commit in a tenant comes too; settles when it does. Not where there are no others. */
  follow?: (tenantNo: number) => Promise<void>;
}

/** Who derives something from what the hub sees: notifications, presence. */
export interface Observer {
  /** A person's first receiver is there. */
  came?: (listener: Listener) => void;
  /** A person's last receiver has gone; they are still among their rooms' listeners. */
  went?: (listener: Listener) => void;
  delivered?: (event: Delivered) => Promise<void>;
}

/** An event that was delivered, with those of its room who listen. */
export interface Delivered {
  readonly at: RoomRef;
  readonly event: StoredEvent;
  readonly listeners: Iterable<Listener>;
  /** The one a member event is about, if they listen. */
  readonly subject: Listener | undefined;
}

/**
 * Who listens to what: an event finds its receivers by its room, so it costs what its receivers cost and nothing for
 * whoever else is connected. Each event is encoded once, when somebody is there to receive it.
 */
export class Hub {
  readonly #parts: HubParts;
  readonly #people = new Map<string, Listener>();
  readonly #rooms = new HeardRooms();
  readonly #loading = new Map<Listener, Promise<void>>();
  /** How many people of a tenant listen. */
  readonly #tenants = new Map<number, number>();
  #waiting: OnItsWay[] = [];
  /** What is being delivered of what waited. */
  #batch: OnItsWay[] = [];
  #delivering: Promise<void> | undefined;
  readonly #observers: Observer[] = [];

  constructor(parts: HubParts) {
    this.#parts = parts;
  }

  observe(observer: Observer): void {
    this.#observers.push(observer);
  }

  /** Takes what became durable, in commit order; delivers it in that order. */
  committed(at: RoomRef, events: readonly StoredEvent[]): void {
    if (this.#people.size === 0) return;
    for (const event of events) {
      this.withdraw(at, event);
      this.#waiting.push({ at, event });
    }
    this.#delivering ??= this.#deliverAll();
  }

  /** Takes what a redaction deletes out of what is on its way; of any other event nothing. */
  withdraw(at: RoomRef, event: StoredEvent): void {
    withdraw(this.#batch, at, event);
    withdraw(this.#waiting, at, event);
  }

  /** Settles when all that was committed is with its receivers. */
  async delivered(): Promise<void> {
    await this.#delivering;
  }

  /**
   * Adds a receiver for a person. Once this settles, every event committed from then on that is due to the person
   * reaches the receiver; earlier ones may come too, and are told apart by their sequence.
   */
  async attach(who: Who, receiver: Receiver): Promise<Listener> {
    const key = personKey(who.tenantNo, who.participantNo);
    let listener = this.#people.get(key);
    if (listener === undefined) {
      listener = new Listener(who);
      this.#people.set(key, listener);
      this.#tenants.set(who.tenantNo, (this.#tenants.get(who.tenantNo) ?? 0) + 1);
      this.#loading.set(listener, this.#load(listener));
    }
    listener.receivers.add(receiver);
    try {
      await this.#loading.get(listener);
    } catch (error) {
      this.detach(listener, receiver);
      throw error;
    }
    return listener;
  }

  detach(listener: Listener, receiver: Receiver): void {
    listener.receivers.delete(receiver);
    if (listener.receivers.size > 0) return;
    if (this.find(listener.who.tenantNo, listener.who.participantNo) === listener) this.#forget(listener);
  }

  /** A room with a history came into a person's sight, or its log is another: they come back by their cursors, and reload. */
  beginAnew(tenantNo: number, participantNo: number): void {
    const listener = this.find(tenantNo, participantNo);
    if (listener !== undefined) this.#drop(listener);
  }

  find(tenantNo: number, participantNo: number): Listener | undefined {
    return this.#people.get(personKey(tenantNo, participantNo));
  }

  /** Whether anybody of a tenant listens. */
  hasListeners(tenantNo: number): boolean {
    return this.#tenants.has(tenantNo);
  }

  /** A person may hear of a room otherwise by now than is remembered, or, as they are leaving it, no more (FD13). */
  async settingsChanged(tenantNo: number, participantNo: number, roomNo: number): Promise<void> {
    const listener = this.find(tenantNo, participantNo);
    if (listener === undefined) return;
    const at = { tenantNo, roomNo };
    listener.settingsUnknown();
    await listener.settle(
      async () => ({
        settings: await this.#settingsOf(at, participantNo),
        standing: await this.#standingOf(at, participantNo),
      }),
      ({ settings, standing }) => {
        listener.leavingIs(roomNo, standing, settings);
        this.#place(at, listener);
      },
    );
  }

  /** All that is remembered of a tenant's people may be old: they come back by their cursors. */
  dropTenant(tenantNo: number): void {
    for (const listener of this.#people.values()) if (listener.who.tenantNo === tenantNo) this.#drop(listener);
  }

  /** Streams, and polls that wait, by tenant. */
  countAllStreams(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const { who, receivers } of this.#people.values()) {
      counts.set(who.tenantNo, (counts.get(who.tenantNo) ?? 0) + receivers.size);
    }
    return counts;
  }

  /** Streams, and polls that wait, of a tenant's people. */
  countStreams(tenantNo: number): number {
    let count = 0;
    for (const { who, receivers } of this.#people.values()) if (who.tenantNo === tenantNo) count += receivers.size;
    return count;
  }

  /** Those of a room who are listening now. */
  inRoom(at: Pick<RoomRef, "tenantNo" | "roomNo">): ReadonlySet<Listener> {
    return this.#rooms.in(at);
  }

  /**
   * The rooms of a tenant that somebody listens to here: of others nothing is delivered, but what is about a member.
   * `growth` is another number once there is one more.
   */
  heardRooms(tenantNo: number): { readonly roomNos: readonly number[]; readonly growth: number } {
    return { roomNos: this.#rooms.of(tenantNo), growth: this.#rooms.growth };
  }

  #drop(listener: Listener): void {
    this.#forget(listener);
    for (const receiver of listener.receivers) receiver.fail();
  }

  #forget(listener: Listener): void {
    const { tenantNo, participantNo } = listener.who;
    for (const { went } of this.#observers) went?.(listener);
    this.#people.delete(personKey(tenantNo, participantNo));
    const others = this.#tenants.get(tenantNo)! - 1;
    if (others === 0) this.#tenants.delete(tenantNo);
    else this.#tenants.set(tenantNo, others);
    for (const roomNo of listener.rooms.keys()) this.#rooms.remove({ tenantNo, roomNo }, listener);
  }

  async #load(listener: Listener): Promise<void> {
    try {
      await this.#parts.follow?.(listener.who.tenantNo);
      await listener.load(this.#parts.db);
      if (this.find(listener.who.tenantNo, listener.who.participantNo) !== listener) return;
      const { tenantNo } = listener.who;
      for (const roomNo of listener.rooms.keys()) this.#rooms.add({ tenantNo, roomNo }, listener);
      for (const { came } of this.#observers) came?.(listener);
    } finally {
      this.#loading.delete(listener);
    }
  }

  async #deliverAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        this.#batch = this.#waiting;
        this.#waiting = [];
        for (const entry of this.#batch) await this.#deliver(entry.at, entry.event);
      }
    } catch (error) {
      // Nobody knows who missed what: all come back by their cursors.
      this.#waiting = [];
      const lost = [...this.#people.values()];
      for (const listener of lost) this.#forget(listener);
      for (const { receivers } of lost) for (const receiver of receivers) receiver.fail();
      this.#parts.onFault(error);
    } finally {
      this.#batch = [];
      this.#delivering = undefined;
    }
  }

  async #deliver(at: RoomRef, event: StoredEvent): Promise<void> {
    const subject = event.eventType === MEMBER ? await this.#memberChanged(at, event) : undefined;
    const members = this.inRoom(at);
    if (members.size === 0 && subject === undefined) return;
    const { db, identities } = this.#parts;
    const frame = textFrame(await eventFrameJson(db, identities, at, event, cursorText(event)));
    for (const listener of members) for (const receiver of listener.receivers) receiver.event(event.seq, frame);
    if (subject !== undefined && !members.has(subject)) {
      for (const receiver of subject.receivers) receiver.event(event.seq, frame);
    }
    for (const { delivered } of this.#observers) await delivered?.({ at, event, listeners: members, subject });
  }

  /** Moves the one a member event is about in or out of the room's listeners; answers them, if they listen. */
  async #memberChanged(at: RoomRef, event: StoredEvent): Promise<Listener | undefined> {
    const content = parseJson(event.content ?? "{}") as Partial<MemberContent>;
    if (content.participant === undefined || content.membership === undefined) return undefined;
    const who = await this.#parts.identities.byFqid(this.#parts.db, at.tenantNo, content.participant);
    const listener = who && this.find(at.tenantNo, who.participantNo);
    if (listener === undefined) return undefined;
    if (content.membership !== "join") listener.changed(event.seq, at.roomNo, undefined);
    else {
      await listener.settle(
        () => this.#settingsOf(at, who!.participantNo),
        (settings) => listener.changed(event.seq, at.roomNo, settings),
      );
    }
    this.#place(at, listener);
    return listener;
  }

  async #settingsOf(at: Pick<RoomRef, "tenantNo" | "roomNo">, participantNo: number): Promise<NotificationSettings> {
    const marker = await findMarker(this.#parts.db, at, participantNo);
    return { mode: marker?.mode ?? "inherit", mutedUntil: marker?.mutedUntil ?? null };
  }

  async #standingOf(
    at: Pick<RoomRef, "tenantNo" | "roomNo">,
    participantNo: number,
  ): Promise<"leaving" | "joined" | "gone"> {
    const { db } = this.#parts;
    if ((await findLeaving(db, at, participantNo)) !== undefined) return "leaving";
    return (await isJoined(db, at, participantNo)) ? "joined" : "gone";
  }

  #place(at: Pick<RoomRef, "tenantNo" | "roomNo">, listener: Listener): void {
    if (listener.rooms.has(at.roomNo)) this.#rooms.add(at, listener);
    else this.#rooms.remove(at, listener);
  }
}

function personKey(tenantNo: number, participantNo: number): string {
  return `${tenantNo}:${participantNo}`;
}
