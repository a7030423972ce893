/** Stands in an event frame right before the time that its sender put into the content. */
const SENT_AT = ',"content":{"at":';
const POSITION = ',"stream_position":';
const ROOM = '"room_id":"';
/** Ends of ids differ, and are read in two steps. */
const MARK_BYTES = 8;

/** What tells a room's frames from those of others: its id's length and last letters. */
export interface RoomMark {
  readonly length: number;
  readonly low: number;
  readonly high: number;
}

export function roomMark(id: string): RoomMark {
  const bytes = Buffer.from(id);
  if (bytes.length < MARK_BYTES) throw new Error(`the room id ${id} is too short to tell it from others`);
  const at = bytes.length - MARK_BYTES;
  return { length: bytes.length, low: bytes.readUInt32LE(at), high: bytes.readUInt32LE(at + 4) };
}

/**
 * Reads what the load needs of an event frame without parsing it: each frame of a room has the same length of ids, so
 * all of it stands where it stood in the frame before. A frame where they do not is searched.
 */
export class EventReader {
  /** Of the frame read last. */
  sentAt = 0;
  position = 0;
  readonly #sentAt = new Place(SENT_AT);
  readonly #position = new Place(POSITION);
  readonly #room = new Place(ROOM);

  /** False for an event that this load did not send; its position is read all the same. */
  read(bytes: Buffer, start: number, end: number): boolean {
    const position = this.#position.find(bytes, start, end);
    if (position === -1) throw new Error(`an event without a position: ${bytes.toString("utf8", start, end)}`);
    this.position = digits(bytes, position);
    const sentAt = this.#sentAt.find(bytes, start, end);
    this.sentAt = sentAt === -1 ? 0 : digits(bytes, sentAt);
    return sentAt !== -1;
  }

  /** Whether the frame is of this room. */
  isOf({ length, low, high }: RoomMark, bytes: Buffer, start: number, end: number): boolean {
    const at = this.#room.find(bytes, start, end);
    const tail = at + length - MARK_BYTES;
    return (
      at !== -1 && tail + MARK_BYTES < end && bytes.readUInt32LE(tail) === low && bytes.readUInt32LE(tail + 4) === high
    );
  }
}

/** Where in a frame something stands that mostly does not move. */
class Place {
  readonly #key: Buffer;
  readonly #tail: number;
  #offset = 4;

  constructor(key: string) {
    this.#key = Buffer.from(key);
    this.#tail = this.#key.readUInt32LE(this.#key.length - 4);
  }

  /** Where the key ends; -1 when the frame has none. */
  find(bytes: Buffer, start: number, end: number): number {
    const expected = start + this.#offset;
    if (expected < end && bytes.readUInt32LE(expected - 4) === this.#tail) return expected;
    const found = bytes.indexOf(this.#key, start);
    if (found === -1 || found >= end) return -1;
    this.#offset = found + this.#key.length - start;
    return start + this.#offset;
  }
}

function digits(bytes: Buffer, at: number): number {
  let number = 0;
  for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) number = number * 10 + digit;
  return number;
}
