import type { EventId } from "@stairwell/protocol";
import type { Scratch } from "../blobs/index.ts";
import type { ImportedDraft } from "../events/index.ts";

/** Characters that are written at once. */
const WRITE_CHARS = 128 * 1024;
/** Bytes that are read at once: some hundred events of what people say. */
const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * Events as they are to stand here, from when they were found right until all of the bundle was: so that each is parsed,
 * checked and hashed once. One a line, whose fields are parted by tabs: JSON without white space has neither.
 */
export class StagedEvents {
  readonly #scratch: Scratch;
  #lines = "";

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** Takes the next one; waits only now and then. */
  add({ eventId, type, originTs, contentHash, content, salt }: ImportedDraft): Promise<void> | undefined {
    this.#lines += `${eventId}\t${JSON.stringify(type)}\t${originTs}\t${contentHash}\t${salt ?? ""}\t${content ?? ""}\n`;
    return this.#lines.length < WRITE_CHARS ? undefined : this.#flush();
  }

  /** All of them, some at a time, in their order. After the last `add`. */
  async *batches(): AsyncGenerator<ImportedDraft[], void, undefined> {
    await this.#flush();
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of this.#scratch.read(READ_BYTES)) {
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

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#lines);
    this.#lines = "";
    await this.#scratch.append(bytes);
  }
}

function draftIn(line: string): ImportedDraft {
  const [eventId, type, originTs, contentHash, salt, content] = line.split("\t") as [string, ...string[]];
  const isWiped = content === "";
  return {
    eventId: eventId as EventId,
    type: JSON.parse(type!) as string,
    originTs: Number(originTs),
    contentHash: contentHash!,
    content: isWiped ? null : content!,
    salt: isWiped ? null : salt!,
  };
}
