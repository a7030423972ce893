import type { Fqid } from "@stairwell/protocol";
import { isSendable, type MemberState } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { findHead, type Head, type Projection } from "../events/index.ts";
import { Lru } from "../lib/lru.ts";
import { type Found, factsOf, factsWith, type Needs } from "./facts.ts";
import { findMember } from "./members.store.ts";
import { type Moment, Moments } from "./moments.ts";
import { findOwnMember } from "./own-member.ts";
import { minuteOf } from "./project.ts";
import type { StoredRoom } from "./room-row.ts";
import { findRoom } from "./rooms.store.ts";

/** So many rooms are remembered, and of each so many members: about 30 MB at the very most. */
const ROOMS = 2000;
const MEMBERS = 50;

interface Remembered {
  stored: StoredRoom;
  /** The end of the log that this is the fold of. */
  head: Head;
  /** By which it is known to be so. */
  moment: Moment | undefined;
  /** Those who acted lately. */
  readonly members: Map<Fqid, MemberState>;
}

/**
 * Rooms that were sent to lately, and who sent, so that a busy room's rows are not read for each send.
 *
 * A room and its members are the fold of its log, and an event's hash stands for all of the log up to it. What is
 * remembered is believed only where the log, read in the command's own transaction, ends with the event that it was
 * remembered for. That is asked once for all rooms of a tenant (`moments.ts`), and of a room by itself where that does not
 * tell. So a transaction that is undone, or another process that writes, makes it worthless but never wrong.
 */
export class RecentRooms {
  readonly #rooms = new Lru<string, Remembered>(ROOMS);
  readonly #moments = new Moments((tenantNo, roomNos) =>
    this.#rooms.deleteWhere(({ stored }) => stored.tenantNo === tenantNo && roomNos.has(stored.roomNo)),
  );

  /** As the function of this name, with the end of the room's log. */
  async findFacts(tx: Tx, actor: Actor, roomId: string, needs: Needs = {}): Promise<Found> {
    const { tenantNo } = actor.tenant;
    const room = (await this.#confirmed(tx, actor.tenant, roomId)) ?? (await this.#read(tx, tenantNo, roomId));
    if (room === undefined) return factsOf(tx, actor, tx.now, undefined, needs);
    const { stored, head, members } = room;
    // What their own view has beyond the log, no hash tells.
    if (stored.hub !== actor.tenant.serverName) {
      return factsWith(tx, actor, tx.now, { stored, head, member: await findOwnMember(tx, actor, stored) }, needs);
    }
    let member = members.get(actor.fqid);
    if (member === undefined) {
      member = await findMember(tx, stored, actor.participantNo);
      if (members.size >= MEMBERS) members.clear();
      if (member !== undefined) members.set(actor.fqid, member);
    }
    return factsWith(tx, actor, tx.now, { stored, head, member }, needs);
  }

  /** Carries what is remembered over what is said in a room; after anything else it is read again. */
  readonly project: Projection = async (tx, { ref, event, before }) => {
    const key = keyOf(ref.tenantNo, ref.roomId);
    const moment = await this.#moments.under(tx, ref.tenantNo);
    const hasGoneOn = this.#moments.goOn(tx, ref.tenantNo, event);
    const room = this.#rooms.get(key);
    if (room === undefined) return;
    if (!isSendable(event.eventType) || room.head.hash !== before.hash) {
      this.#rooms.delete(key);
      return;
    }
    const { position, hash, ordinal, seq } = event;
    room.head = { position, hash, ordinal, seq };
    // Whoever holds the tenant by now, after this hold was lost, must ask for the room itself.
    room.moment = hasGoneOn ? moment : undefined;
    const activeAt = minuteOf(event.hubTs);
    if (activeAt !== room.stored.activeAt) room.stored = { ...room.stored, activeAt };
  };

  async #confirmed(tx: Tx, { tenantNo, serverName }: Actor["tenant"], roomId: string): Promise<Remembered | undefined> {
    const key = keyOf(tenantNo, roomId);
    if (this.#rooms.get(key) === undefined) return undefined;
    const moment = await this.#moments.under(tx, tenantNo);
    const room = this.#rooms.get(key);
    if (room === undefined) return undefined;
    // Of logs that others order an end may be taken back, and what was there before stands again.
    if (moment !== undefined && room.moment === moment && room.stored.hub === serverName) return room;
    const head = await findHead(tx, room.stored);
    if (head?.hash !== room.head.hash) return undefined;
    room.moment = moment;
    return room;
  }

  async #read(tx: Tx, tenantNo: number, roomId: string): Promise<Remembered | undefined> {
    const [moment, stored] = await Promise.all([this.#moments.under(tx, tenantNo), findRoom(tx, tenantNo, roomId)]);
    const head = stored && (await findHead(tx, stored));
    if (head === undefined) return undefined;
    // What this very transaction has appended may be undone: it is no part of a moment that does not know of it.
    this.#moments.goOn(tx, tenantNo, head);
    const room: Remembered = { stored: stored!, head, moment, members: new Map() };
    // Of an incognito room nothing is to be left anywhere.
    if (stored!.room.scopeKind === null) this.#rooms.set(keyOf(tenantNo, roomId), room);
    return room;
  }
}

function keyOf(tenantNo: number, roomId: string): string {
  return `${tenantNo}/${roomId}`;
}
