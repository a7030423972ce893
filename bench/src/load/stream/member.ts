import type { CrowdTally } from "./crowd-tally.ts";
import type { StreamConnection, StreamEvents } from "./connection.ts";
import type { EventReader, RoomMark } from "./event-reader.ts";
import { maskedText } from "./masked-frame.ts";
import { sendFrame } from "./send-frame.ts";

/** What is known of a room while its members sit in it. */
export interface RoomNow {
  readonly id: string;
  readonly mark: RoomMark;
  /** Highest acknowledged position: what every member must have come to at the end. */
  head: number;
  /** The newest acknowledgement, from which a reader takes what to mark as read. */
  newestAck: string | undefined;
}

/** What the members of a crowd share. */
export interface Around {
  tally: CrowdTally;
  /** Monotonic microseconds, never the same twice: names a send, and tells when it was. */
  stamp(): number;
  /** Milliseconds since a stamp. */
  since(stamp: number): number;
  lost(why: string): void;
  readonly events: EventReader;
  readonly acks: EventReader;
}

const [ACK, ERROR, EVENT] = "aes".split("").map((letter) => letter.charCodeAt(0)) as [number, number, number];
/** Where the first letter of a frame's type stands, and where an acknowledgement's reference begins. */
const TYPE_AT = '{"type":"'.length;
const REF_AT = '{"type":"ack","ref":"'.length;
const READ = "r".charCodeAt(0);

/** What of a send has happened. */
const [ACKED, DELIVERED] = [1, 2];

/** One person at their stream: counts each event of the room once and in order, sends, reads. */
export class Member implements StreamEvents {
  readonly room: RoomNow;
  /** Last position received; the next must be the one after. */
  position: number;
  /** Sends that are not over, by their stamp. */
  readonly underWay = new Map<number, number>();
  connection: StreamConnection | undefined;
  /** Called after each read, to go on sending. */
  afterRead: (() => void) | undefined;
  readonly #around: Around;
  readonly #roomIndex: number;

  constructor(around: Around, room: RoomNow, roomIndex: number) {
    this.#around = around;
    this.room = room;
    this.#roomIndex = roomIndex;
    this.position = room.head;
  }

  send(): void {
    const stamp = this.#around.stamp();
    this.underWay.set(stamp, 0);
    this.connection!.queue(maskedText(sendFrame(this.room.id, stamp)));
  }

  /** Marks the newest acknowledged event of the room as read; false while there is none. */
  markRead(): boolean {
    if (this.room.newestAck === undefined) return false;
    const { event } = JSON.parse(this.room.newestAck) as { event: { id: string } };
    const frame = { type: "read", ref: `r${this.#around.stamp()}`, room_id: this.room.id, event_id: event.id };
    this.connection!.queue(maskedText(JSON.stringify(frame)));
    return true;
  }

  text(bytes: Buffer, start: number, end: number): void {
    // Presence, markers and the like are due to nobody.
    switch (bytes[start + TYPE_AT]) {
      case EVENT:
        return this.#event(bytes, start, end);
      case ACK:
        return this.#ack(bytes, start, end);
      case ERROR:
        return this.#around.tally.fault(`an error frame: ${bytes.toString("utf8", start, end)}`);
    }
  }

  read(): void {
    this.afterRead?.();
    this.connection?.flush();
  }

  lost(why: string): void {
    this.underWay.clear();
    this.#around.lost(why);
  }

  #event(bytes: Buffer, start: number, end: number): void {
    const { events, tally } = this.#around;
    const isOurs = events.read(bytes, start, end);
    if (!events.isOf(this.room.mark, bytes, start, end)) {
      tally.fault(`${this.room.id}: an event of another room came to somebody: ${bytes.toString("utf8", start, end)}`);
    }
    if (events.position !== this.position + 1) {
      tally.fault(`${this.room.id}: position ${events.position} came to somebody after ${this.position}`);
    }
    this.position = events.position;
    if (!isOurs) return;
    tally.delivery.add(this.#around.since(events.sentAt));
    if (this.underWay.size > 0) this.#happened(events.sentAt, DELIVERED!);
  }

  #ack(bytes: Buffer, start: number, end: number): void {
    const { acks, tally } = this.#around;
    const text = bytes.toString("utf8", start, end);
    if (bytes[start + REF_AT] === READ)
      return tally.reading.add(this.#around.since(Number.parseInt(text.slice(REF_AT + 1), 10)));
    acks.read(bytes, start, end);
    tally.sending.add(this.#around.since(acks.sentAt));
    tally.keep(this.#roomIndex, text);
    if (acks.position > this.room.head) {
      this.room.head = acks.position;
      this.room.newestAck = text;
    }
    this.#happened(acks.sentAt, ACKED!);
  }

  #happened(stamp: number, what: number): void {
    const before = this.underWay.get(stamp);
    if (before === undefined) return;
    if ((before | what) === (ACKED! | DELIVERED!)) this.underWay.delete(stamp);
    else this.underWay.set(stamp, before | what);
  }
}
