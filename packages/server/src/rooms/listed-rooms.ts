import type { Reader } from "../db/index.ts";
import { findHeads, findNewest, listPlacesFrom, type Place } from "../events/index.ts";
import { Lru } from "../lib/lru.ts";
import type { Identities } from "../participants/index.ts";
import { findRoomsByNo } from "../state/index.ts";
import { type ListedRoom, openText } from "./rooms.view.ts";

/** What is remembered of a tenant's rooms is of the moment after this event. */
interface Remembered {
  place: Place;
}

/** So many rooms are remembered, about 10 MB. */
const ROOMS = 5000;
const TENANTS = 1000;
/** After more events than this, reading the rooms costs less than reading which of them changed. */
const MOST_PASSED = 100;

/**
 * Rooms that were listed lately, so that neither their rows are read nor their texts written for each page.
 *
 * A room's row and the end of its log change by its events alone. So what is remembered holds for a reader who sees the
 * tenant's log end where it did, and further on for all rooms of which no event was committed since. Both are read in the
 * reader's own snapshot: whoever wrote it, and on whichever node, what is remembered is of that moment or not taken.
 */
export class ListedRooms {
  readonly #identities: Identities;
  readonly #tenants = new Lru<number, Remembered>(TENANTS);
  readonly #rooms = new Lru<string, { readonly listed: ListedRoom; readonly by: Remembered }>(ROOMS);

  constructor(identities: Identities) {
    this.#identities = identities;
  }

  /** The rooms of these numbers, in their order; all of them exist. */
  async find(
    reader: Reader,
    { tenantNo, serverName }: { readonly tenantNo: number; readonly serverName: string },
    roomNos: readonly number[],
  ): Promise<ListedRoom[]> {
    const newest = await findNewest(reader, tenantNo);
    if (newest === undefined) return [];
    await this.#catchUp(reader, tenantNo, newest);
    // Nothing is awaited between here and the last look-up: other snapshots go on meanwhile.
    const by = this.#heldAt(tenantNo, newest);
    const found = new Map<number, ListedRoom>();
    for (const roomNo of roomNos) {
      const known = this.#rooms.get(`${tenantNo}:${roomNo}`);
      if (known !== undefined && known.by === by) found.set(roomNo, known.listed);
    }
    const missing = roomNos.filter((roomNo) => !found.has(roomNo));
    for (const listed of await this.#read(reader, tenantNo, missing)) {
      const { stored } = listed;
      found.set(stored.roomNo, listed);
      // Rooms of other servers and direct ones change without an event as well; sealed ones are held in no memory.
      const isKept = stored.hub === serverName && stored.room.roomType !== "dm" && stored.room.scopeKind === null;
      if (isKept && by !== undefined && by === this.#heldAt(tenantNo, newest)) {
        this.#rooms.set(`${tenantNo}:${stored.roomNo}`, { listed, by });
      }
    }
    return roomNos.map((roomNo) => found.get(roomNo)!);
  }

  /** What is remembered of a tenant, if it is of this very moment. */
  #heldAt(tenantNo: number, { seq, hash }: Place): Remembered | undefined {
    const held = this.#tenants.get(tenantNo);
    return held?.place.seq === seq && held.place.hash === hash ? held : undefined;
  }

  /** Forgets what was changed up to a reader's moment. Does nothing for a reader of an earlier one. */
  async #catchUp(reader: Reader, tenantNo: number, newest: Place): Promise<void> {
    const held = this.#tenants.get(tenantNo);
    const before = held?.place;
    if (before !== undefined && (newest.seq < before.seq || newest.hash === before.hash)) return;
    const isNear = before !== undefined && newest.seq - before.seq <= MOST_PASSED;
    const [at, ...passed] = isNear ? await listPlacesFrom(reader, tenantNo, before.seq) : [];
    // Another reader has brought it on meanwhile.
    if (this.#tenants.get(tenantNo)?.place !== before) return;
    // Where that event is not in the log any more, a store was put in another's place.
    if (held === undefined || at?.hash !== before?.hash) return this.#tenants.set(tenantNo, { place: newest });
    for (const { roomNo } of passed) this.#rooms.delete(`${tenantNo}:${roomNo}`);
    held.place = newest;
  }

  async #read(reader: Reader, tenantNo: number, roomNos: readonly number[]): Promise<ListedRoom[]> {
    const heads = await findHeads(reader, tenantNo, roomNos);
    const listed: ListedRoom[] = [];
    for (const stored of await findRoomsByNo(reader, tenantNo, roomNos)) {
      const head = heads.get(stored.roomNo)!;
      listed.push({ stored, head, text: await openText({ reader, identities: this.#identities }, stored, head) });
    }
    return listed;
  }
}
