import type { Reader } from "../db/index.ts";
import { findHead, findSeqAt, listAfter, type RoomRef, type StoredEvent } from "../events/index.ts";
import { listLeavings, listStandings, type Standing } from "../state/index.ts";

/** An event that is due to somebody, with its room. */
export interface Due {
  readonly at: RoomRef;
  readonly event: StoredEvent;
}

/** Positions of one room that are due to one person: a stay from join to going, or a single event about them. */
interface Span {
  readonly at: RoomRef;
  readonly from: number;
  /** Infinite while the stay lasts. */
  readonly to: number;
}

const BATCH = 64;

/**
 * The events after a cursor that are due to a person (ST2), oldest first, at most `limit`: those of each room at whose
 * position they were joined, and every member event about them. It costs what is due and a look at each room they
 * are in, whatever else the tenant did.
 */
export async function dueAfter(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  after: number,
  limit: number,
): Promise<Due[]> {
  const sources: Source[] = [];
  for (const span of await spansDue(reader, tenantNo, participantNo, after)) {
    const source = new Source(reader, span);
    if (await source.fill()) sources.push(source);
  }
  const due: Due[] = [];
  while (due.length < limit && sources.length > 0) {
    const next = sources.reduce((a, b) => (a.seq <= b.seq ? a : b));
    due.push(next.take());
    if (!(await next.fill())) sources.splice(sources.indexOf(next), 1);
  }
  return due;
}

/** How many events `dueAfter` would give: positions have no gaps, so none of them is read. */
export async function countDue(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  after: number,
): Promise<number> {
  const spans = await spansDue(reader, tenantNo, participantNo, after);
  return spans.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** The spans of `dueAfter`, cut to what lies after the cursor and is there. */
async function spansDue(reader: Reader, tenantNo: number, participantNo: number, after: number): Promise<Span[]> {
  const spans: Span[] = [];
  const leavings = await listLeavings(reader, tenantNo, participantNo);
  for (const span of spansAfter(await listStandings(reader, tenantNo, participantNo), after)) {
    // Who is going hears no more of it (FD13); what became of their leave is due when it came.
    if (span.to === Infinity && leavings.has(span.at.roomNo)) continue;
    const cut = await cutTo(reader, span, after);
    if (cut !== undefined) spans.push(cut);
  }
  return spans;
}

/** Stays and single events that may have something after the cursor, from one person's changes in room order. */
function spansAfter(standings: readonly Standing[], after: number): Span[] {
  const spans: Span[] = [];
  for (const [i, { at, position, seq, membership }] of standings.entries()) {
    const next = standings[i + 1];
    const ending = next?.at.roomNo === at.roomNo ? next : undefined;
    if (membership === "join") {
      // The going itself is the last that one who leaves gets (MB14).
      if (ending === undefined || ending.seq > after)
        spans.push({ at, from: position, to: ending?.position ?? Infinity });
      continue;
    }
    const before = standings[i - 1];
    const endsStay = before?.at.roomNo === at.roomNo && before.membership === "join";
    if (!endsStay && seq > after) spans.push({ at, from: position, to: position });
  }
  return spans;
}

/** What of a span lies after the cursor; undefined when nothing does. The sequence grows with the position. */
async function cutTo(reader: Reader, { at, from, to }: Span, after: number): Promise<Span | undefined> {
  const head = await findHead(reader, at);
  if (head === undefined || head.seq <= after) return undefined;
  const end = Math.min(to, head.position);
  let low = from;
  let high = end + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await findSeqAt(reader, at, middle))! > after) high = middle;
    else low = middle + 1;
  }
  return low > end ? undefined : { at, from: low, to: end };
}

/** Reads one span batch by batch, so that a merge of many holds little of each. */
class Source {
  readonly #reader: Reader;
  readonly #span: Span;
  #next: number;
  #batch: StoredEvent[] = [];
  #at = 0;

  constructor(reader: Reader, span: Span) {
    this.#reader = reader;
    this.#span = span;
    this.#next = span.from;
  }

  get seq(): number {
    return this.#batch[this.#at]!.seq;
  }

  /** Makes sure that there is an event to take; false when the span is read. */
  async fill(): Promise<boolean> {
    if (this.#at < this.#batch.length) return true;
    if (this.#next > this.#span.to) return false;
    const most = Math.min(BATCH, this.#span.to - this.#next + 1);
    this.#batch = await listAfter(this.#reader, this.#span.at, this.#next - 1, most);
    this.#at = 0;
    this.#next += this.#batch.length;
    return this.#batch.length > 0;
  }

  take(): Due {
    return { at: this.#span.at, event: this.#batch[this.#at++]! };
  }
}
