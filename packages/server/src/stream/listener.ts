import type { NotificationSettings } from "@stairwell/protocol/room";
import type { ReadStore } from "../db/index.ts";
import { findNewestSeq } from "../events/index.ts";
import { listLeavings } from "../state/index.ts";
import { type DefaultMode, findByNo } from "../participants/index.ts";
import { jsonFrame } from "./frame.ts";
import { listRoomSettings } from "./listener.store.ts";

/** Whatever takes frames for one person: an open socket, or a long poll. */
export interface Receiver {
  /** An event due to this person, and its frame. */
  event(seq: number, frame: Buffer): void;
  /** A frame that is no event, and is not resumed (ST5). */
  note(frame: Buffer): void;
  /** Something was lost on the way: only a resume makes this receiver whole. */
  fail(): void;
  /** Something is on record for this person that is no event, and that whoever reads rows finds there. */
  lookAgain?(): void;
}

/** Who listens. */
export interface Who {
  readonly tenantNo: number;
  readonly tenantId: string;
  readonly participantNo: number;
  readonly participantId: string;
}

/** A change of membership that happened while a listener was being read. */
interface Missed {
  seq: number;
  roomNo: number;
  /** Undefined: no longer joined. */
  settings: NotificationSettings | undefined;
}

/** A person with at least one receiver: the rooms they are joined in, and who takes their frames. */
export class Listener {
  readonly who: Who;
  readonly receivers = new Set<Receiver>();
  readonly rooms = new Map<number, NotificationSettings>();
  /** Rooms of other servers that they are leaving: the log has them there still. */
  readonly #leaving = new Set<number>();
  /** What `inherit` means for this person; undefined until it is read, and when it may have changed. */
  knownDefault: DefaultMode | undefined;
  /** The newest sequence that `rooms` knows of; undefined while they are read. */
  #seq: number | undefined;
  #missed: Missed[] = [];
  /** How often settings or preferences were told. */
  #told = 0;

  constructor(who: Who) {
    this.who = who;
  }

  /** The newest sequence when this person came to listen: what is not newer was not said to them. */
  get since(): number {
    return this.#seq ?? Infinity;
  }

  /** Reads the rooms this person is in. Changes that come meanwhile are kept and applied after. */
  async load(db: ReadStore): Promise<void> {
    const { tenantNo, participantNo } = this.who;
    await this.defaultMode(db);
    const read = () =>
      db.snapshot(async (reader) => ({
        rooms: await listRoomSettings(reader, tenantNo, participantNo),
        leaving: await listLeavings(reader, tenantNo, participantNo),
        seq: await findNewestSeq(reader, tenantNo),
      }));
    await this.settle(read, ({ rooms, leaving, seq }) => {
      for (const roomNo of leaving.keys()) this.#leaving.add(roomNo);
      for (const { roomNo, ...settings } of rooms) this.rooms.set(roomNo, settings);
      this.#seq = seq;
      for (const change of this.#missed) this.#apply(change);
      this.#missed = [];
    });
  }

  /** What `inherit` means for this person now. */
  async defaultMode(db: ReadStore): Promise<DefaultMode> {
    const { tenantNo, participantNo } = this.who;
    if (this.knownDefault === undefined) {
      await this.settle(
        () => findByNo(db, tenantNo, participantNo),
        (person) => (this.knownDefault = person?.defaultMode),
      );
    }
    return this.knownDefault ?? "none";
  }

  /** Reads rows, again where something was told meanwhile: what is taken is never older than what was told. */
  async settle<T>(read: () => Promise<T>, take: (found: T) => void): Promise<void> {
    for (;;) {
      const told = this.#told;
      const found = await read();
      if (told === this.#told) return take(found);
    }
  }

  /** This person's preferences may have changed. */
  preferencesChanged(): void {
    this.#told++;
    this.knownDefault = undefined;
  }

  /** This person changed how they want to hear of a room. */
  settingsChanged(roomNo: number, settings: NotificationSettings): void {
    this.#told++;
    this.settingsAre(roomNo, settings);
  }

  /** Some settings of this person changed elsewhere: what is being read of them now may be older. */
  settingsUnknown(): void {
    this.#told++;
  }

  /** What was read of a room's settings, where this person is in it. */
  settingsAre(roomNo: number, settings: NotificationSettings): void {
    if (this.rooms.has(roomNo)) this.rooms.set(roomNo, settings);
  }

  /** What was read of whether they are leaving a room; whoever stays after all hears of it again. */
  leavingIs(roomNo: number, standing: "leaving" | "joined" | "gone", settings: NotificationSettings): void {
    if (standing === "leaving") {
      this.#leaving.add(roomNo);
      this.rooms.delete(roomNo);
    } else if (this.#leaving.delete(roomNo) && standing === "joined") this.rooms.set(roomNo, settings);
    else this.settingsAre(roomNo, settings);
  }

  /** Tells this person's devices something that is no event (ST5). */
  note(frame: Buffer | object): void {
    if (this.receivers.size === 0) return;
    const bytes = Buffer.isBuffer(frame) ? frame : jsonFrame(frame);
    for (const receiver of this.receivers) receiver.note(bytes);
  }

  /** As `Receiver`. */
  lookAgain(): void {
    for (const receiver of this.receivers) receiver.lookAgain?.();
  }

  /** A committed member event about this person: joined with these settings, or not in the room any more. */
  changed(seq: number, roomNo: number, settings: NotificationSettings | undefined): void {
    const change = { seq, roomNo, settings };
    if (this.#seq === undefined) this.#missed.push(change);
    else this.#apply(change);
  }

  #apply({ seq, roomNo, settings }: Missed): void {
    // A change that the rows had is told after them.
    if (seq <= this.#seq!) return;
    this.#leaving.delete(roomNo);
    if (settings === undefined) this.rooms.delete(roomNo);
    else this.rooms.set(roomNo, settings);
  }
}
