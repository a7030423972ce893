import type { Fqid } from "@stairwell/protocol";
import { isSendable, type MemberState } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { findHead, type Head, type Projection } from "../events/index.ts";
import { Lru } from "../lib/lru.ts";
import { type Found, factsOf, factsWith, type Needs } from "./facts.ts";
import { findMember } from "./members.store.ts";
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
  /** Under which hold of the tenant it was last found to be so. */
  hold: Tx["hold"];
  /** Those who acted lately. */
  readonly members: Map<Fqid, MemberState>;
}

/**
 * Rooms that were sent to lately, and who sent, so that a busy room's rows are not read for each send.
 *
 * A room and its members are the fold of its log, and an event's hash stands for all of the log up to it. What is
 * remembered is believed only where the newest event, read in the command's own transaction, is the one that it was
 * remembered for, or was found to be so by another command of the same attempt at a group. So a transaction that is undone,
 * or another process that writes, makes it worthless but never wrong.
 */
export class RecentRooms {
  readonly #rooms = new Lru<string, Remembered>(ROOMS);

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
  readonly project: Projection = async (_tx, { ref, event, before }) => {
    const room = this.#rooms.get(keyOf(ref.tenantNo, ref.roomId));
    if (room === undefined) return;
    if (!isSendable(event.eventType) || room.head.hash !== before.hash) {
      this.#rooms.delete(keyOf(ref.tenantNo, ref.roomId));
      return;
    }
    const { position, hash, ordinal, seq } = event;
    room.head = { position, hash, ordinal, seq };
    const activeAt = minuteOf(event.hubTs);
    if (activeAt !== room.stored.activeAt) room.stored = { ...room.stored, activeAt };
  };

  async #confirmed(tx: Tx, { tenantNo, serverName }: Actor["tenant"], roomId: string): Promise<Remembered | undefined> {
    const room = this.#rooms.get(keyOf(tenantNo, roomId));
    if (room === undefined) return undefined;
    // What was found under this hold nobody else has changed since; of logs that others order an end may be taken back.
    if (room.hold === tx.hold && room.stored.hub === serverName) return room;
    const head = await findHead(tx, room.stored);
    if (head?.hash !== room.head.hash) return undefined;
    room.hold = tx.hold;
    return room;
  }

  async #read(tx: Tx, tenantNo: number, roomId: string): Promise<Remembered | undefined> {
    const stored = await findRoom(tx, tenantNo, roomId);
    const head = stored && (await findHead(tx, stored));
    if (head === undefined) return undefined;
    const room: Remembered = { stored: stored!, head, hold: tx.hold, members: new Map() };
    // Of an incognito room nothing is to be left anywhere.
    if (stored!.room.scopeKind === null) this.#rooms.set(keyOf(tenantNo, roomId), room);
    return room;
  }
}

function keyOf(tenantNo: number, roomId: string): string {
  return `${tenantNo}/${roomId}`;
}
