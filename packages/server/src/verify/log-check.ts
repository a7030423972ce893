import {
  canonical,
  contentHashText,
  type Fqid,
  type JsonObject,
  parseStrictJson,
  ZERO_HASH,
} from "@stairwell/protocol";
import { apply, type MemberState, type RoomState, subjectOf } from "@stairwell/protocol/room";
import { envelopeHash, isCounted, meaningHere, type StoredEvent } from "../events/index.ts";
import { sha256 } from "../lib/random.ts";
import type { StoredRoom } from "../state/index.ts";
import type { Standpoint } from "./standpoint.ts";
import type { Folded } from "./verify-deliveries.ts";

/** One thing that is not as the log says. */
export interface Finding {
  roomId: string;
  /** The position it was found at; null for a row as a whole. */
  position: number | null;
  problem: string;
}

/** What one event says, and the room and whom it is about around it. */
export interface Taken {
  readonly content: JsonObject | null;
  readonly before: Folded;
  readonly after: Folded;
}

/** Holds a room's events against each other, their hashes and, folded, the rows. */
export class LogCheck {
  readonly findings: Finding[] = [];
  events = 0;
  /** Where the chain stands; undefined before the first event of it that is here. */
  position: number | undefined;
  hash: string | undefined;
  readonly #stored: StoredRoom;
  readonly #standpoint: Standpoint;
  /** Nothing of what its events said is left: they are checked by their hashes alone. */
  readonly #isShut: boolean;
  readonly #members: Map<Fqid, MemberState>;
  #room: RoomState | undefined;
  #ordinal: number | undefined;
  #seq = -Infinity;
  #at: number | null = null;

  constructor(stored: StoredRoom, standpoint: Standpoint, isShut: boolean) {
    this.#stored = stored;
    this.#standpoint = standpoint;
    this.#isShut = isShut;
    this.#room = standpoint.room;
    this.#members = new Map(standpoint.members.map((member) => [member.fqid, member]));
    if (standpoint.oldest !== 1) return;
    this.hash = ZERO_HASH;
    if (standpoint.replica !== undefined) return;
    this.#ordinal = 0;
    this.#seq = 0;
  }

  /** Checks one event and folds it. */
  take(event: StoredEvent): Taken {
    this.events++;
    this.#at = event.position;
    const { oldest } = this.#standpoint;
    if (oldest === undefined || event.position < oldest) this.#alone(event);
    else this.#next(event, oldest);
    const content = this.#content(event);
    return { content, ...this.#fold(event, content) };
  }

  /** Takes up what another check found at the present position, if anything. */
  note(problem: string | undefined, position: number | null = this.#at): void {
    if (problem !== undefined) this.#found(problem, position);
  }

  /** Somebody as the fold has them so far. */
  member(fqid: Fqid): MemberState | undefined {
    return this.#members.get(fqid);
  }

  compare(rows: ReadonlyMap<Fqid, MemberState>): void {
    if (this.#isShut) return;
    if (this.#room === undefined) return this.#found("the room has no events", null);
    // Of a room that we are but invited to, all that is known is what its hub has shown.
    if (this.#standpoint.oldest !== undefined) {
      for (const key of differences(this.#roomHere(this.#room), this.#stored.room))
        this.#found(`room row: ${key} is not what the log says`, null);
    }
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

  /** What is shared no more, which may be of our own doing, may be put away here: no log says so (FD10, FD17). */
  #roomHere(folded: RoomState): RoomState {
    if (this.#standpoint.replica?.state !== "ended") return folded;
    const { state, archivedAt, federated } = this.#stored.room;
    return folded.state === "closed" ? { ...folded, federated } : { ...folded, state, archivedAt, federated };
  }

  /** An event before the log: an invite, with nothing around it. */
  #alone(event: StoredEvent): void {
    if (!this.#standpoint.isAlone(event)) this.#found("stands before the log begins");
    if (event.ordinal !== event.position - 1)
      this.#found(`message count ${event.ordinal} of an event that stands alone`);
  }

  #next(event: StoredEvent, oldest: number): void {
    const due = this.position === undefined ? oldest : this.position + 1;
    if (event.position !== due) this.#found(`position ${event.position} stands where ${due} is due`);
    this.position = event.position;
    // What was shown as an invite has its place in the log, and its sequence from when it came.
    if (!this.#standpoint.isAlone(event)) {
      if (event.seq <= this.#seq) this.#found(`sequence ${event.seq} stands after ${this.#seq}`);
      if (event.seq <= 0 !== event.position <= this.#standpoint.base) {
        this.#found(`sequence ${event.seq} stands on the wrong side of the join`);
      }
      this.#seq = event.seq;
    }
    this.#count(event);
    if (this.hash !== undefined && envelopeHash(this.#stored.roomId, event, this.hash) !== event.hash) {
      this.#found("the envelope or its predecessor is not what was hashed");
    }
    this.hash = event.hash;
  }

  /** Counts go on from each to the next; those of a replica are set by its base, at which its position stands for it. */
  #count(event: StoredEvent): void {
    const due =
      event.position === this.#standpoint.base
        ? event.position
        : this.#ordinal === undefined
          ? event.ordinal
          : this.#ordinal + (isCounted(event) ? 1 : 0);
    if (event.ordinal !== due) this.#found(`message count ${event.ordinal}, ${due} were counted`);
    this.#ordinal = this.#standpoint.replica === undefined ? due : event.ordinal;
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

  #fold(event: StoredEvent, content: JsonObject | null): { before: Folded; after: Folded } {
    const nothing = { room: this.#room, member: undefined };
    const { base, replica } = this.#standpoint;
    if (this.#isShut || event.position <= base) return { before: nothing, after: nothing };
    const { position, eventType: type, sender, hubTs } = event;
    const meaning = replica !== undefined && content !== null && meaningHere(event) === null ? null : content;
    const logged = { position, type, content: meaning, sender, hubTs };
    const subject = subjectOf(logged);
    const before = { room: this.#room, member: subject === undefined ? undefined : this.#members.get(subject) };
    try {
      const after = apply(before.room, before.member, logged);
      this.#room = after.room;
      if (after.member !== undefined) this.#members.set(after.member.fqid, after.member);
      return { before, after: { room: after.room, member: after.member } };
    } catch (error) {
      this.#found(`cannot be applied: ${(error as Error).message}`);
      return { before, after: before };
    }
  }

  #found(problem: string, position: number | null = this.#at): void {
    this.findings.push({ roomId: this.#stored.roomId, position, problem });
  }
}

function differences<T extends object>(folded: T, row: T): string[] {
  return (Object.keys(folded) as (keyof T & string)[]).filter((key) => folded[key] !== row[key]);
}
