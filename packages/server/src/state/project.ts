import type { Fqid } from "@stairwell/protocol";
import { MEMBER, type MemberState, POWER_LEVEL, type RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import { type Change, findRoomKey, type Projection, type RoomRef } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { findMember } from "./members.store.ts";
import { putMember } from "./put-members.store.ts";
import { type RoomTexts, textsOf } from "./room-texts.ts";
import { insertStanding } from "./standings.store.ts";
import { insertRoom, updateActivity, updateCounts, updateRoom } from "./rooms.store.ts";

/** Activity is kept by the minute: a busy room is re-sorted once a minute, not at each send. */
const ACTIVITY_MS = 60_000;

export function minuteOf(unixMs: number): number {
  return unixMs - (unixMs % ACTIVITY_MS);
}

/** Keeps `rooms` equal to the fold of their logs. */
export function projectRoom(activity: RecentActivity): Projection {
  return async (tx, { ref, event, before, after }) => {
    const minute = minuteOf(event.hubTs);
    if (before.room === undefined) {
      const { alias, hub, pair } = ref.birth!;
      const [dmLow, dmHigh] = pair ?? [null, null];
      const row = { ...ref, alias, hub, activeAt: minute, dmLow, dmHigh, room: after.room };
      await insertRoom(tx, row, await textsAfter(tx, ref, after.room, event.position));
      return;
    }
    if (event.eventType === MEMBER || event.eventType === POWER_LEVEL) await updateCounts(tx, ref, after.room);
    else if (after.room !== before.room) {
      const texts = await textsAfter(tx, ref, after.room, event.position);
      return void (await updateRoom(tx, ref, after.room, texts, minute));
    }
    if (!activity.isKnown(ref, minute, before.hash)) updateActivity(tx, ref, minute);
    activity.remember(ref, minute, event.hash);
  };
}

async function textsAfter(tx: Tx, ref: RoomRef, room: RoomState, position: number): Promise<RoomTexts> {
  return textsOf(ref, room, room.scopeKind === null ? null : await findRoomKey(tx, ref), position);
}

/**
 * Remembers the rooms whose present minute is on record, so that a send need not look. Bounded; forgetting costs a write.
 * It is believed only where the log goes on from the event that it was remembered for: after a transaction that was undone,
 * or an event that another node appended by its own clock, the minute is written again.
 */
export class RecentActivity {
  readonly #hashes = new Map<string, string>();
  #minute = 0;

  isKnown(ref: RoomRef, minute: number, hash: string): boolean {
    return minute === this.#minute && this.#hashes.get(keyOf(ref)) === hash;
  }

  remember(ref: RoomRef, minute: number, hash: string): void {
    if (minute !== this.#minute || this.#hashes.size >= 100_000) this.#hashes.clear();
    this.#minute = minute;
    this.#hashes.set(keyOf(ref), hash);
  }
}

function keyOf(ref: RoomRef): string {
  return `${ref.tenantNo}:${ref.roomNo}`;
}

/** Keeps `members` equal to the fold of their rooms' logs, and the record of each change by person. */
export function projectMember(identities: Identities): Projection {
  return async (tx: Tx, { ref, event, after }: Change) => {
    if (after.member === undefined) return;
    const participantNo = await participantNoOf(identities, tx, ref, after.member.fqid);
    await putMember(tx, ref, participantNo, after.member);
    if (event.eventType !== MEMBER) return;
    await insertStanding(tx, ref, { participantNo, ...event, membership: after.member.membership });
  };
}

/** The state of the one person an event is about, for the append. */
export function memberOf(identities: Identities) {
  return async (tx: Tx, ref: RoomRef, fqid: Fqid): Promise<MemberState | undefined> =>
    findMember(tx, ref, await participantNoOf(identities, tx, ref, fqid));
}

async function participantNoOf(identities: Identities, tx: Tx, ref: RoomRef, fqid: Fqid): Promise<number> {
  const identity = await identities.byFqid(tx, ref.tenantNo, fqid);
  if (identity === undefined) throw new Error("an event is about somebody whom this store does not know");
  return identity.participantNo;
}
