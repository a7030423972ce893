import { canonical, utf8Bytes } from "../canonical.ts";
import { contentHashText, envelopeText, type Sha256, ZERO_HASH } from "../hash.ts";
import type { Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { EDIT, isRemnant } from "../room/index.ts";
import { BundleFault } from "./fault.ts";
import { readDue } from "./event-text.ts";
import { type BundleEvent, type BundleRoom, MANIFEST } from "./manifest.ts";

/** What wraps the content of an edit on record does not count towards its size (EV2). */
const EDIT_WRAP = 1024;
/** Nor does what an import adds, twice in an edit: the author, and what it was where it came from. */
const IMPORT_WRAP = 8192;

/** Holds events against their hashes and the chain, one after the other. */
export class EventCheck {
  readonly #sha256: Sha256;
  readonly #room: BundleRoom;
  #position = 0;
  #hash = ZERO_HASH;

  constructor(sha256: Sha256, room: BundleRoom) {
    this.#sha256 = sha256;
    this.#room = room;
  }

  /** Takes the next event from its text, if that is in the form of nearly all and right; else undefined, and none is taken. */
  read(text: string): BundleEvent | undefined {
    const due = { position: this.#position + 1, prev_hash: this.#hash, room_id: this.#room.id };
    const read = readDue(text, due, this.#sha256);
    if (read === undefined || isTooLarge(read.content, LIMITS.contentBytes)) return undefined;
    this.#position = due.position;
    this.#hash = read.event.hash;
    return read.event;
  }

  take(event: BundleEvent): void {
    const { envelope, hash, content, salt } = event;
    const due = this.#position + 1;
    const fault = (reason: string): BundleFault =>
      new BundleFault(MANIFEST, `position ${due}: ${reason}`, { pointer: `/events/${due - 1}` });
    if (envelope.position !== due) throw fault(`the event is of position ${envelope.position}`);
    if (envelope.room_id !== this.#room.id) throw fault("the event is of another room");
    if (envelope.sender === null && !envelope.imported) throw fault("nobody sent it and it was not imported");
    if (envelope.prev_hash !== this.#hash) throw fault("the chain is broken: prev_hash is not the hash before it");
    if (this.#sha256(envelopeText(envelope)) !== hash) throw fault("the envelope does not match its hash");
    const isLeft = content !== undefined && salt === undefined && isRemnant(envelope.event_type, content);
    if ((content === undefined) !== (salt === undefined) && !isLeft) {
      throw fault("it has a content without salt, or the reverse");
    }
    if (content !== undefined) {
      const text = canonical(content as Json);
      const wrap = (envelope.event_type === EDIT ? EDIT_WRAP : 0) + (envelope.imported ? IMPORT_WRAP : 0);
      const most = LIMITS.contentBytes + wrap;
      if (isTooLarge(text, most)) {
        const pointer = `/events/${due - 1}/content`;
        throw new BundleFault(MANIFEST, `is larger than ${most} bytes`, { pointer, isTooLarge: true });
      }
      if (!isLeft && this.#sha256(contentHashText(text, salt!)) !== envelope.content_hash) {
        throw fault("the content does not match its content_hash");
      }
    }
    this.#position = due;
    this.#hash = hash;
  }

  end(): void {
    const { head, head_hash } = this.#room;
    if (this.#position !== head) {
      throw new BundleFault(MANIFEST, `has ${this.#position} events, the room's head is ${head}`, {
        pointer: "/events",
      });
    }
    if (this.#hash !== head_hash) {
      throw new BundleFault(MANIFEST, "is not the hash of the last event", { pointer: "/room/head_hash" });
    }
  }
}

function isTooLarge(text: string, most: number): boolean {
  // Most texts are far from the limit; only a long one is worth counting in bytes.
  return text.length * 3 > most && utf8Bytes(text) > most;
}
