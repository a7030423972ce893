import type { ReadStore } from "../db/index.ts";
import { findNewestSeq } from "../events/index.ts";
import { type DefaultMode, findByNo } from "../participants/index.ts";
import type { NotificationMode } from "../reading/index.ts";
import { listRoomSettings } from "./listener.store.ts";

/** Whatever takes frames for one person: an open socket, or a long poll. */
export interface Receiver {
  /** An event due to this person, and its frame. */
  event(seq: number, frame: Buffer): void;
  /** A frame that is no event, and is not resumed (ST5). */
  note(frame: Buffer): void;
  /** Something was lost on the way: only a resume makes this receiver whole. */
  fail(): void;
}

/** Who listens. */
export interface Who {
  readonly tenantNo: number;
  readonly tenantId: string;
  readonly participantNo: number;
  readonly participantId: string;
}

/** How a person wants to hear of one room. */
export interface RoomSettings {
  mode: NotificationMode;
  mutedUntil: number | null;
}

/** A change of membership that happened while a listener was being read. */
interface Missed {
  seq: number;
  roomNo: number;
  /** Undefined: no longer joined. */
  settings: RoomSettings | undefined;
}

/** A person with at least one receiver: the rooms they are joined in, and who takes their frames. */
export class Listener {
  readonly who: Who;
  readonly receivers = new Set<Receiver>();
  readonly rooms = new Map<number, RoomSettings>();
  /** What `inherit` means for this person. */
  defaultMode: DefaultMode = "mentions";
  /** The newest sequence that `rooms` knows of; undefined while they are read. */
  #seq: number | undefined;
  #missed: Missed[] = [];

  constructor(who: Who) {
    this.who = who;
  }

  /** Reads the rooms this person is in. Changes that come meanwhile are kept and applied after. */
  async load(db: ReadStore): Promise<void> {
    const { tenantNo, participantNo } = this.who;
    await this.readPreferences(db);
    const { rooms, seq } = await db.snapshot(async (reader) => ({
      rooms: await listRoomSettings(reader, tenantNo, participantNo),
      seq: await findNewestSeq(reader, tenantNo),
    }));
    for (const { roomNo, ...settings } of rooms) this.rooms.set(roomNo, settings);
    this.#seq = seq;
    for (const change of this.#missed) this.#apply(change);
    this.#missed = [];
  }

  async readPreferences(db: ReadStore): Promise<void> {
    const person = await findByNo(db, this.who.tenantNo, this.who.participantNo);
    if (person !== undefined) this.defaultMode = person.defaultMode;
  }

  /** A committed member event about this person: joined with these settings, or not in the room any more. */
  changed(seq: number, roomNo: number, settings: RoomSettings | undefined): void {
    const change = { seq, roomNo, settings };
    if (this.#seq === undefined) this.#missed.push(change);
    else this.#apply(change);
  }

  #apply({ seq, roomNo, settings }: Missed): void {
    // A change that the rows had is told after them.
    if (seq <= this.#seq!) return;
    if (settings === undefined) this.rooms.delete(roomNo);
    else this.rooms.set(roomNo, settings);
  }
}
