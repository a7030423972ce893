import type { EventId } from "@stairwell/protocol";
import { readScratch, type Scratch, type Written } from "../blobs/index.ts";
import type { ImportedDraft } from "../events/index.ts";

/** Bytes that are written at once. */
const WRITE_BYTES = 128 * 1024;
/** Bytes that are read at once: some hundred events of what people say, as many as a transaction takes at the most. */
const READ_BYTES = 128 * 1024;
const NEWLINE = 0x0a;

/**
 * Events as they are to stand here, from when they were found right until all of the bundle was: so that each is parsed,
 * checked and hashed once. One a line, whose fields are parted by tabs: JSON without white space has neither.
 */
export class StagedEvents {
  readonly #scratch: Scratch;
  readonly #space = Buffer.allocUnsafeSlow(WRITE_BYTES);
  #used = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** Takes the next one; waits only now and then. */
  add({ eventId, type, originTs, contentHash, content, salt }: ImportedDraft): Promise<void> | undefined {
    const line = `${eventId}\t${JSON.stringify(type)}\t${originTs}\t${contentHash}\t${salt ?? ""}\t${content ?? ""}\n`;
    // No more bytes than three a character, in UTF-8.
    if (this.#used + line.length * 3 > WRITE_BYTES) return this.#flush(line);
    this.#used += this.#space.write(line, this.#used);
    return undefined;
  }

  /** After the last `add`: all of them, for `stagedBatches`. */
  async end(): Promise<Written> {
    await this.#flush("");
    return this.#scratch.end();
  }

  /** Writes what there is, and then this. */
  async #flush(line: string): Promise<void> {
    await this.#scratch.append(this.#space.subarray(0, this.#used));
    this.#used = 0;
    if (line !== "") await this.#scratch.append(Buffer.from(line));
  }
}

/** All that were put aside, some at a time, in their order. */
export async function* stagedBatches(written: Written): AsyncGenerator<ImportedDraft[], void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of readScratch(written, READ_BYTES)) {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    // A large event may take several pieces.
    if (end === 0) rest = Buffer.concat([rest, piece]);
    else {
      const whole = rest.length === 0 ? piece.subarray(0, end) : Buffer.concat([rest, piece.subarray(0, end)]);
      rest = piece.subarray(end);
      yield whole
        .toString("utf8", 0, whole.length - 1)
        .split("\n")
        .map(draftIn);
    }
  }
}

function draftIn(line: string): ImportedDraft {
  const [eventId, type, originTs, contentHash, salt, content] = line.split("\t") as [string, ...string[]];
  return {
    eventId: eventId as EventId,
    type: JSON.parse(type!) as string,
    originTs: Number(originTs),
    contentHash: contentHash!,
    content: content === "" ? null : content!,
    salt: salt === "" ? null : salt!,
  };
}
