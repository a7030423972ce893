import type { JsonObject } from "@stairwell/protocol";
import {
  EDIT,
  isAmendment,
  REACTION,
  type ReactionContent,
  REDACTION,
  remainderOf,
  WORKSPACE,
} from "@stairwell/protocol/room";
import { importedAuthorNo, markOf } from "../amendments/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent, type StoredEvent } from "../events/index.ts";
import type { StoredRoom } from "../state/index.ts";
import type { Standpoint } from "./standpoint.ts";
import { amendmentRows, type AmendmentTable, redactionRows, unsaidRows } from "./amendments.store.ts";

/**
 * Holds what became of a room's events against its log: that every content which is gone was taken by a redaction, or
 * by the close of an incognito room, and that the rows of edits, reactions and lists are what the log makes of them.
 */
export class AmendmentCheck {
  readonly #reader: Reader;
  readonly #stored: StoredRoom;
  /** What was taken, and by which redaction. */
  readonly #takenBy: ReadonlyMap<number, number>;
  /** Types of the events whose contents a redaction further on took, by its position. */
  readonly #taken = new Map<number, { position: number; eventType: string }[]>();
  readonly #edits: string[] = [];
  readonly #standing = new Map<string, { target: number; mark: string; added: number }>();
  readonly #over: string[] = [];
  readonly #runs: [first: number, last: number][] = [];
  readonly #standpoint: Standpoint;
  /** What came without its content: a redaction says why, which may be yet to come, or never comes. */
  readonly #unsaid: ReadonlySet<number>;
  /** Contents that were here and are gone, without a redaction on record. */
  #gone = 0;

  private constructor(
    reader: Reader,
    stored: StoredRoom,
    standpoint: Standpoint,
    takenBy: ReadonlyMap<number, number>,
    unsaid: ReadonlySet<number>,
  ) {
    this.#reader = reader;
    this.#stored = stored;
    this.#standpoint = standpoint;
    this.#takenBy = takenBy;
    this.#unsaid = unsaid;
  }

  static async of(reader: Reader, stored: StoredRoom, standpoint: Standpoint): Promise<AmendmentCheck> {
    const unsaid = await unsaidRows(reader, stored);
    return new AmendmentCheck(reader, stored, standpoint, await redactionRows(reader, stored), unsaid);
  }

  /** Looks at the next event; what is wrong with it, if anything. */
  async take(event: StoredEvent, content: JsonObject | null): Promise<string | undefined> {
    const { position, eventType } = event;
    if (isAmendment(eventType)) this.#leaveOut(position);
    const redaction = this.#takenBy.get(position);
    if (redaction !== undefined) this.#remember(redaction, { position, eventType });
    if (content !== null && isAmendment(eventType)) {
      const wrong = await this.#amend(event, content);
      if (wrong !== undefined) return wrong;
    }
    return this.#said(event, content);
  }

  /** What is wrong with the rows as a whole. */
  async end(): Promise<string[]> {
    if (this.#isEmptied) return [];
    const problems = await Promise.all([
      this.#compare("edits", this.#edits),
      this.#compare("reactions", [...this.#over, ...this.#rowsOfStanding()]),
      this.#compare("reaction_counts", this.#counts()),
      this.#compare(
        "unlisted",
        this.#runs.map(([first, last]) => `${first} ${last}`),
      ),
    ]);
    // What a redaction of a log that was given up took is not brought back.
    if (this.#gone > 0 && this.#standpoint.replica?.hadTwo !== true)
      problems.push(`${this.#gone} contents are gone, and no redaction took them`);
    if (this.#taken.size > 0) problems.push(`${this.#taken.size} redactions are on record that the log does not have`);
    return problems.filter((problem) => problem !== undefined);
  }

  /** Nothing of an incognito room's events is left after its close, and nothing can be held against them. */
  get #isEmptied(): boolean {
    return this.#stored.room.scopeKind === "incognito" && this.#stored.room.state === "closed";
  }

  #said(event: StoredEvent, content: JsonObject | null): string | undefined {
    const { position, eventType, salt, imported } = event;
    const isTaken = this.#takenBy.has(position);
    if (content === null) {
      if (salt === null && !isTaken && this.#standpoint.replica !== undefined) return this.#keepInMind(event);
      // What was imported may have come without.
      if (isTaken || imported || this.#isEmptied) return undefined;
      // It never crosses (FD20): what was taken back after a restore has none.
      if (eventType === WORKSPACE && this.#stored.room.federated) return undefined;
      return salt === null ? "the content is gone, and no redaction took it" : undefined;
    }
    if (salt !== null) return isTaken ? "a redaction took the content, and it is there" : undefined;
    if (!isTaken && this.#standpoint.replica !== undefined) return this.#keepInMind(event);
    if (!isTaken && !imported) return "the content is without its salt, and no redaction took that";
    return remainderOf(eventType, content) === undefined
      ? undefined
      : "a redaction took less of the content than it says";
  }

  async #amend(event: StoredEvent, content: JsonObject): Promise<string | undefined> {
    const target = await findEvent(this.#reader, this.#stored, content.event_id as string);
    if (this.#isOpen(event, target)) return undefined;
    if (target === undefined || target.position >= event.position) return "is about an event that is not before it";
    if (event.eventType === EDIT) this.#edits.push(`${target.position} ${event.position}`);
    if (event.eventType === REACTION) return this.#react(event, content, target);
    if (event.eventType === REDACTION) return this.#redact(event, target);
    return undefined;
  }

  /**
   * What is about an event of before our time may be on record or not: only where that was here when this came. And what
   * was redacted at its hub before it came has nothing on record of that.
   */
  #isOpen(event: StoredEvent, target: StoredEvent | undefined): boolean {
    if (this.#standpoint.replica === undefined) return false;
    if (target === undefined || target.position <= this.#standpoint.base) {
      this.#taken.delete(event.position);
      return true;
    }
    return event.eventType === REDACTION && !this.#takenBy.has(target.position) && target.salt === null;
  }

  /** History may be withheld, amendments go with what they were about, and workspaces are nobody's but the hub's (FD20). */
  #keepInMind({ position, eventType, imported }: StoredEvent): undefined {
    const isWithheld = position <= this.#standpoint.base || imported || eventType === WORKSPACE;
    if (!isWithheld && !isAmendment(eventType) && !this.#unsaid.has(position)) this.#gone++;
  }

  #react(event: StoredEvent, content: JsonObject, target: StoredEvent): string | undefined {
    const { emoji, action } = content as unknown as ReactionContent;
    if (target.salt === null) return this.#isEmptied ? undefined : "is a reaction to what was redacted";
    const mark = markOf(target, emoji);
    const by = event.imported ? importedAuthorNo(content) : event.sender;
    const key = `${target.position} ${mark} ${by}`;
    const before = this.#standing.get(key);
    if ((before === undefined) !== (action === "add"))
      return "adds a reaction that stands, or removes one that does not";
    if (before === undefined) this.#standing.set(key, { target: target.position, mark, added: event.position });
    else {
      this.#over.push(`${key} ${before.added} ${event.position}`);
      this.#standing.delete(key);
    }
    return undefined;
  }

  #redact({ position }: StoredEvent, target: StoredEvent): string | undefined {
    const taken = this.#taken.get(position) ?? [];
    this.#taken.delete(position);
    const others = taken.filter((event) => event.position !== target.position);
    const isAbout = ({ position: at, eventType }: { position: number; eventType: string }) =>
      at > target.position && (eventType === EDIT || eventType === REACTION);
    if (!others.every(isAbout)) return "took contents of events that are not about the one it names";
    return (this.#takenBy.get(target.position) ?? Infinity) <= position ? undefined : "left the content that it names";
  }

  #remember(redaction: number, event: { position: number; eventType: string }): void {
    const taken = this.#taken.get(redaction);
    if (taken === undefined) this.#taken.set(redaction, [event]);
    else taken.push(event);
  }

  #leaveOut(position: number): void {
    const run = this.#runs.at(-1);
    if (run?.[1] === position - 1) run[1] = position;
    else this.#runs.push([position, position]);
  }

  #rowsOfStanding(): string[] {
    return [...this.#standing].map(([key, { added }]) => `${key} ${added}`);
  }

  #counts(): string[] {
    const groups = Map.groupBy(this.#standing.values(), ({ target, mark }) => `${target} ${mark}`);
    return [...groups].map(([key, rows]) => `${key} ${rows.length} ${Math.min(...rows.map(({ added }) => added))}`);
  }

  async #compare(table: AmendmentTable, expected: readonly string[]): Promise<string | undefined> {
    const all = await amendmentRows(this.#reader, this.#stored, table);
    const rows = this.#standpoint.replica === undefined ? all : this.#ofOurTime(table, all);
    const known = new Set(expected);
    const wrong = rows.filter((row) => !known.has(row)).length + Math.max(0, expected.length - rows.length);
    return wrong === 0 ? undefined : `${wrong} rows of ${table} are not what the log says`;
  }

  /** Rows about what the log had before us are left out; runs of history lie beside each other as they came. */
  #ofOurTime(table: AmendmentTable, rows: readonly string[]): string[] {
    const numbers = rows.map((row) => row.split(" ").map(Number)).sort((a, b) => a[0]! - b[0]!);
    if (table !== "unlisted") return rows.filter((row) => Number(row.split(" ")[0]) > this.#standpoint.base);
    const runs: [number, number][] = [];
    for (const [first, last] of numbers as [number, number][]) {
      const run = runs.at(-1);
      if (run?.[1] === first - 1) run[1] = last;
      else runs.push([first, last]);
    }
    return runs.map(([first, last]) => `${first} ${last}`);
  }
}
