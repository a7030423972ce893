import {
  canonical,
  contentHashText,
  type Fqid,
  type JsonObject,
  parseStrictJson,
  ZERO_HASH,
} from "@stairwell/protocol";
import { apply, MESSAGE, type MemberState, type RoomState, subjectOf } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { envelopeHash, listAfter, type StoredEvent } from "../events/index.ts";
import { sha256 } from "../lib/random.ts";
import { allMembers, type StoredRoom } from "../state/index.ts";
import { AmendmentCheck } from "./verify-amendments.ts";
import { AuditCheck } from "./verify-audit.ts";
import { MediaCheck } from "./verify-media.ts";
import { MentionCheck } from "./verify-mentions.ts";
import { SealedCheck } from "./verify-sealed.ts";

/** One thing that is not as the log says. */
export interface Finding {
  roomId: string;
  /** The position it was found at; null for a row as a whole. */
  position: number | null;
  problem: string;
}

export interface RoomReport {
  events: number;
  head: string;
  findings: Finding[];
}

const BATCH = 500;

/**
 * Reads a room's whole log: places without a gap, in the order of the tenant's commits, every content and envelope against its hash, the chain, the
 * message count, that the fold equals the rows, and that the audit has its moderation. Wiped contents are taken by their hash.
 */
export async function verifyRoom(reader: Reader, stored: StoredRoom): Promise<RoomReport> {
  const sealed = await SealedCheck.of(reader, stored);
  const log = new LogCheck(stored, sealed?.isShut ?? false);
  const audit = await AuditCheck.of(reader, stored);
  const amendments = await AmendmentCheck.of(reader, stored);
  const mentions = new MentionCheck(reader, stored);
  const media = new MediaCheck(reader, stored);
  for (let after = 0; ;) {
    const events = await listAfter(reader, stored, after, BATCH);
    for (const event of events) {
      const { content, before } = log.take(event);
      sealed?.take(event, content);
      log.note(await amendments.take(event, content));
      log.note(await audit.take(event, content, before));
      await mentions.take(event, content, (fqid) => log.member(fqid));
      await media.take(event, content);
    }
    if (events.length < BATCH) break;
    after = events.at(-1)!.position;
  }
  const members = new Map((await allMembers(reader, stored)).map(({ member }) => [member.fqid, member]));
  log.compare(members);
  log.note(audit.surplus > 0 ? `${audit.surplus} records of the audit are of no event here` : undefined, null);
  for (const problem of await amendments.end()) log.note(problem, null);
  log.note(await mentions.end(), null);
  log.note(await media.end(), null);
  for (const [problem, position] of (await sealed?.end()) ?? []) log.note(problem, position);
  return { events: log.position, head: log.hash, findings: log.findings };
}

class LogCheck {
  readonly findings: Finding[] = [];
  readonly #stored: StoredRoom;
  /** Nothing of what its events said is left: they are checked by their hashes alone. */
  readonly #isShut: boolean;
  readonly #members = new Map<Fqid, MemberState>();
  #room: RoomState | undefined;
  #ordinal = 0;
  #seq = 0;
  position = 0;
  hash = ZERO_HASH;

  constructor(stored: StoredRoom, isShut: boolean) {
    this.#stored = stored;
    this.#isShut = isShut;
  }

  /** Checks one event and folds it; answers its content, and the member it is about as they were. */
  take(event: StoredEvent): { content: JsonObject | null; before: MemberState | undefined } {
    this.position++;
    if (event.position !== this.position)
      this.#found(`position ${event.position} stands where ${this.position} is due`);
    this.position = event.position;
    if (event.seq <= this.#seq) this.#found(`sequence ${event.seq} stands after ${this.#seq}`);
    this.#seq = event.seq;
    this.#ordinal += event.eventType === MESSAGE && !event.imported ? 1 : 0;
    if (event.ordinal !== this.#ordinal) this.#found(`message count ${event.ordinal}, ${this.#ordinal} were counted`);
    const content = this.#content(event);
    if (envelopeHash(this.#stored.roomId, event, this.hash) !== event.hash) {
      this.#found("the envelope or its predecessor is not what was hashed");
    }
    this.hash = event.hash;
    return { content, before: this.#fold(event, content) };
  }

  /** Takes up what another check found at the present position, if anything. */
  note(problem: string | undefined, position: number | null = this.position): void {
    if (problem !== undefined) this.#found(problem, position);
  }

  /** Somebody as the fold has them so far. */
  member(fqid: Fqid): MemberState | undefined {
    return this.#members.get(fqid);
  }

  compare(rows: ReadonlyMap<Fqid, MemberState>): void {
    if (this.#isShut) return;
    if (this.#room === undefined) return this.#found("the room has no events", null);
    for (const key of differences(this.#room, this.#stored.room))
      this.#found(`room row: ${key} is not what the log says`, null);
    for (const fqid of new Set([...this.#members.keys(), ...rows.keys()])) {
      const folded = this.#members.get(fqid);
      const row = rows.get(fqid);
      if (folded === undefined || row === undefined) {
        this.#found(`member ${fqid}: ${row === undefined ? "has no row" : "has a row that no event made"}`, null);
        continue;
      }
      for (const key of differences(folded, row)) this.#found(`member ${fqid}: ${key} is not what the log says`, null);
    }
  }

  #content(event: StoredEvent): JsonObject | null {
    if (event.content === null) {
      if (event.salt !== null) this.#found("the content is wiped without its salt");
      return null;
    }
    // Without its salt it is what a wiped reason left, or a fault: what is left of an event says so itself.
    if (event.salt !== null && sha256(contentHashText(event.content, event.salt)) !== event.contentHash) {
      this.#found("the content is not what was hashed");
      return null;
    }
    try {
      const content = parseStrictJson(event.content) as JsonObject;
      if (canonical(content) !== event.content) this.#found("the content is not in canonical form");
      return content;
    } catch {
      this.#found("the content is not valid JSON");
      return null;
    }
  }

  #fold({ position, eventType, sender, hubTs }: StoredEvent, content: JsonObject | null): MemberState | undefined {
    if (this.#isShut) return undefined;
    const event = { position, type: eventType, content, sender, hubTs };
    const subject = subjectOf(event);
    const before = subject === undefined ? undefined : this.#members.get(subject);
    try {
      const after = apply(this.#room, before, event);
      this.#room = after.room;
      if (after.member !== undefined) this.#members.set(after.member.fqid, after.member);
    } catch (error) {
      this.#found(`cannot be applied: ${(error as Error).message}`);
    }
    return before;
  }

  #found(problem: string, position: number | null = this.position): void {
    this.findings.push({ roomId: this.#stored.roomId, position, problem });
  }
}

function differences<T extends object>(folded: T, row: T): string[] {
  return (Object.keys(folded) as (keyof T & string)[]).filter((key) => folded[key] !== row[key]);
}
