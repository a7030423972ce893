import type { Checked, Omission } from "@stairwell/protocol/bundle";
import { authorIn } from "./imported-event.ts";
import type { Inspected } from "./inspect.ts";
import type { SignatureStanding } from "./signature.ts";

/** What a bundle had (BU18). */
export interface ImportReport {
  readonly events: number;
  readonly by_type: Readonly<Record<string, number>>;
  readonly media: number;
  readonly media_bytes: number;
  /** So many people sent what it has. */
  readonly authors: number;
  readonly omitted: readonly Omission[];
  readonly warnings: readonly string[];
  readonly signature: SignatureStanding;
}

export function reportOf({ counts, omitted, signature, head }: Inspected, authors: number): ImportReport {
  const warnings: string[] = [];
  if (signature === "unverified") {
    warnings.push(`The key that signed it is not known here: nothing proves that it comes from ${head.server_name}.`);
  }
  if (signature === "absent") warnings.push("It is not signed: nothing proves where it comes from.");
  if (head.room.room_type === "dm") warnings.push("A direct room becomes a group with the names of its two sides.");
  if (head.room.state !== "open") warnings.push(`The room was ${head.room.state}; here it is open.`);
  return { ...counts, authors, omitted: [...omitted], warnings, signature };
}

/** So many people are told apart: an import may have been made up by somebody who names another one in each message. */
const MOST_AUTHORS = 100_000;

/** Counts the people who sent something, up to 100,000. */
export class Authors {
  readonly #fqids = new Set<string>();

  readonly look = (checked: Checked): void => {
    if (checked.key !== "events") return;
    const { envelope, content } = checked.value;
    const fqid = envelope.imported ? content && authorIn(content)?.fqid : envelope.sender;
    if (typeof fqid !== "string" || this.#fqids.size === MOST_AUTHORS) return;
    // The server itself is nobody.
    if (!fqid.startsWith("@:")) this.#fqids.add(fqid);
  };

  get count(): number {
    return this.#fqids.size;
  }
}
