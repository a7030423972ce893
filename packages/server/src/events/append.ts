import { contentText, type EventId, type Fqid, type JsonObject, parseJson, ZERO_HASH } from "@stairwell/protocol";
import { apply, type Draft, type MemberState, type RoomState, subjectOf } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import { newId } from "../lib/random.ts";
import { breakAfter, type CameEvent, contentFault, entryOf, isCounted, meaningHere } from "./came.ts";
import type { Cut } from "./cuts.store.ts";
import type { Change, RoomRef, StoredEvent } from "./event.ts";
import { deleteBeyond, insertEvent, setOrdinal } from "./events.store.ts";
import type { ImportedDraft, Unseen } from "./imported.ts";
import { findHead, findOldestSeq, type Head } from "./places.store.ts";
import { type ProposedEntry, sealEntry, sealImportedEntry } from "./seal-entry.ts";
import { sealingKey } from "./sealing.ts";
import { Sequences } from "./sequences.ts";
import { deleteSignaturesBeyond, insertSignature, type Signature } from "./signatures.store.ts";
import { deleteUnsaidBeyond, insertUnsaid } from "./unsaid.store.ts";

/** Keeps rows in step with the log. Runs inside the append, so that rows equal a fold of the log at every commit. */
export type Projection = (tx: Tx, change: Change) => Promise<void>;

export interface LogParts {
  /** The state of the one person an event is about. */
  memberOf: (tx: Tx, ref: RoomRef, fqid: Fqid) => Promise<MemberState | undefined>;
  /** In order. */
  projections: readonly Projection[];
  /** Those that keep what imported events touch, which are about each other and about nobody here; in order. */
  importProjections?: readonly Projection[];
  /** Refuses to append to a room that is shared with other servers, while what they have of its log is not back (FD17). */
  mayAppend?: (tx: Tx, ref: RoomRef) => Promise<void>;
  /** Events that came before one that they are about, which is here now, in the order of the log; they wait no more. */
  adopt?: (tx: Tx, ref: RoomRef, target: StoredEvent) => Promise<readonly StoredEvent[]>;
  /** Those that keep what adopted events do to what they are about; in order. */
  adoptProjections?: readonly Projection[];
  /** Told of what became durable, in commit order. It wakes others; what must not be lost is in rows. */
  onCommitted?: (ref: RoomRef, events: readonly StoredEvent[]) => void;
}

/** What is known of an append beforehand. */
export interface AppendOptions {
  /** Belongs to the last draft. */
  readonly eventUuid?: string | null;
  /** The end of the log, where this transaction has read it and not appended since. */
  readonly known?: Head | undefined;
  /** Which of the drafts a member on another server proposed, and what they gave each. */
  readonly proposed?: readonly ProposedDraft[];
}

export type ProposedDraft = ProposedEntry & { readonly draft: Draft; readonly signature: Signature };

export interface Appended {
  events: StoredEvent[];
  /** The room after them. */
  room: RoomState;
}

/** Appends to logs; the only writer of events. One for a store. */
export class Log {
  readonly #parts: LogParts;
  readonly #sequences = new Sequences();

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  /**
   * Appends drafts to a room's log, in the command's transaction: gives each its place, hashes it into the
   * chain, folds it, and runs the projections. `room` is undefined for a room that begins here.
   * `SW_CONTENT_TOO_LARGE` when a content passes 64 KiB.
   */
  async append(
    tx: Tx,
    ref: RoomRef,
    room: RoomState | undefined,
    drafts: readonly Draft[],
    { eventUuid = null, known, proposed = [] }: AppendOptions = {},
  ): Promise<Appended> {
    if (room?.federated === true) await this.#parts.mayAppend?.(tx, ref);
    const asProposed = (draft: Draft) => proposed.find((each) => each.draft === draft);
    const ids = drafts.map((draft) => asProposed(draft)?.eventId ?? newId<EventId>("event"));
    const contents = drafts.map((draft) => withCause(draft, ids));
    const texts = drafts.map((draft, i) => (contents[i] === draft.content && draft.text) || contentText(contents[i]!));
    const key = await sealingKey(tx, ref, room, drafts);
    let head: Head = known ?? (await findHead(tx, ref)) ?? NO_HEAD;
    let state = room;
    const events: StoredEvent[] = [];
    const { onCommitted } = this.#parts;
    for (const [i, draft] of drafts.entries()) {
      const given = asProposed(draft);
      const event = sealEntry(ref, head, draft, ids[i]!, texts[i]!, {
        seq: await this.#sequences.next(tx, ref.tenantNo),
        now: tx.now,
        eventUuid: i === drafts.length - 1 ? eventUuid : null,
        proposed: given,
      });
      // Said as soon as the last one has its place: rooms that append at once are told of in the order of their places.
      if (i === drafts.length - 1 && onCommitted !== undefined) tx.afterCommit(() => onCommitted(ref, events));
      insertEvent(tx, ref, key, event);
      if (given !== undefined) await insertSignature(tx, ref, event.position, given.signature);
      state = await this.#fold(tx, ref, { room: state, hash: head.hash }, event, contents[i]!);
      events.push(event);
      head = event;
    }
    return { events, room: state! };
  }

  /**
   * Begins a log that nobody sees: its events are there, and no row says that there is a room. `show` makes it one, or
   * `forgetUnseen` takes it away. Drafts as for `append`.
   */
  async beginUnseen(tx: Tx, ref: RoomRef, drafts: readonly Draft[]): Promise<Unseen> {
    let head: Head = NO_HEAD;
    let room: RoomState | undefined;
    const changes: Change[] = [];
    for (const draft of drafts) {
      const seq = await this.#sequences.next(tx, ref.tenantNo);
      const given = { seq, now: tx.now, eventUuid: null, proposed: undefined };
      const event = sealEntry(ref, head, draft, newId<EventId>("event"), contentText(draft.content), given);
      insertEvent(tx, ref, null, event);
      const after = apply(room, undefined, loggedOf(event, draft.content));
      changes.push({ ref, event, content: draft.content, before: { room, member: undefined, hash: head.hash }, after });
      room = after.room;
      head = event;
    }
    return { room: room!, head, changes };
  }

  /**
   * Appends an event of a bundle to a log that nobody sees; answers its end. Its sender is nobody here. `content` is what
   * it says, where it is about another event: nothing is kept of the others but the event itself.
   */
  async appendImported(
    tx: Tx,
    ref: RoomRef,
    { room, head }: Unseen,
    draft: ImportedDraft,
    content?: JsonObject,
  ): Promise<StoredEvent> {
    const seq = await this.#sequences.next(tx, ref.tenantNo);
    const event = sealImportedEntry(ref, head, draft, { seq, now: tx.now });
    insertEvent(tx, ref, null, event);
    if (content === undefined) return event;
    const change: Change = {
      ref,
      event,
      content,
      before: { room, member: undefined, hash: head.hash },
      after: { room },
    };
    for (const project of this.#parts.importProjections ?? []) await project(tx, change);
    return event;
  }

  /**
   * Makes a log that nobody saw a room: what its first events mean is projected. `ref` has its birth; `fresh` are the
   * events of this very transaction, for whoever waits.
   */
  async show(tx: Tx, ref: RoomRef, { changes }: Unseen, fresh: readonly StoredEvent[]): Promise<void> {
    for (const change of changes) {
      for (const project of this.#parts.projections) await project(tx, { ...change, ref });
    }
    const { onCommitted } = this.#parts;
    if (onCommitted !== undefined && fresh.length > 0) tx.afterCommit(() => onCommitted(ref, fresh));
  }

  /**
   * Appends the next event of a log that another server orders, as it came, and folds it like any other. `eventUuid` is what
   * our own sender called it. A `loose` one stands wherever its hub put it: of a room that we are but invited to, the log
   * is not here yet. An `own` one is of a log that we order, and had lost. `known`: the end of the log, as this transaction
   * has it. Throws for an event that is not the next: whoever calls has looked.
   */
  async follow(
    tx: Tx,
    ref: RoomRef,
    room: RoomState,
    came: CameEvent,
    {
      eventUuid = null,
      loose = false,
      own = false,
      known,
    }: { eventUuid?: string | null; loose?: boolean; own?: boolean; known?: Head | undefined } = {},
  ): Promise<{ event: StoredEvent; room: RoomState }> {
    const head = loose ? undefined : (known ?? (await findHead(tx, ref)));
    if (!loose && head === undefined) throw new Error("an event follows nothing");
    const broken = head === undefined ? contentFault(came) : breakAfter(ref.roomId, head, came);
    if (broken !== undefined) throw new Error(broken);
    const seq = await this.#sequences.next(tx, ref.tenantNo);
    // A count that only grows will do: it starts where no count of what lies before can reach.
    const event = entryOf(came, head ?? { ordinal: came.position - 1 }, seq, eventUuid);
    const { onCommitted } = this.#parts;
    if (onCommitted !== undefined) tx.afterCommit(() => onCommitted(ref, [event]));
    await this.#record(tx, ref, event, came.signature);
    // What goes later goes by a redaction, which is on record.
    if (event.salt === null) await insertUnsaid(tx, ref, event.position);
    const before = { room, hash: head?.hash ?? ZERO_HASH };
    const meaning = own && came.content !== null ? (parseJson(came.content) as JsonObject) : meaningHere(came);
    return { event, room: await this.#fold(tx, ref, before, event, meaning) };
  }

  /**
   * Takes off the record what a log that another server orders has beyond a position, as it was given up (FD17). What follows
   * has sequences above all that were told. Answers which cursors lead nowhere any more.
   */
  async rewind(tx: Tx, ref: RoomRef, position: number): Promise<Cut> {
    const lastSeq = await this.#sequences.next(tx, ref.tenantNo);
    await deleteSignaturesBeyond(tx, ref, position);
    await deleteUnsaidBeyond(tx, ref, position);
    return { firstSeq: (await deleteBeyond(tx, ref, position)) ?? lastSeq, lastSeq };
  }

  /**
   * Puts events before the first of a log that another server orders, oldest first, ending right before `first`. They are
   * history: nothing is folded, and no stream tells of them, so their sequences lie below all that were ever given. One that
   * stood alone before, as it was invited to, gets its count. Answers how many were not here.
   */
  async prepend(
    tx: Tx,
    ref: RoomRef,
    room: RoomState,
    came: readonly CameEvent[],
    first: Pick<Head, "ordinal">,
  ): Promise<number> {
    let ordinal = first.ordinal - came.filter(isCounted).length;
    let seq = (await findOldestSeq(tx, ref.tenantNo)) - came.length;
    const fresh: StoredEvent[] = [];
    for (const each of came) {
      const event = entryOf(each, { ordinal }, seq++, null);
      ordinal = event.ordinal;
      if (await setOrdinal(tx, ref, event)) continue;
      fresh.push(event);
      await this.#record(tx, ref, event, each.signature);
      const change: Change = {
        ref,
        event,
        content: meaningHere(each) ?? {},
        before: { room, member: undefined, hash: "" },
        after: { room },
      };
      for (const project of this.#parts.importProjections ?? []) await project(tx, change);
    }
    // Only now: what is among the fetched comes before what was here.
    for (const target of fresh) await this.#adopt(tx, ref, room, target);
    return fresh.length;
  }

  async #adopt(tx: Tx, ref: RoomRef, room: RoomState, target: StoredEvent): Promise<void> {
    for (const event of (await this.#parts.adopt?.(tx, ref, target)) ?? []) {
      const content = meaningHere(event) ?? {};
      const change: Change = { ref, event, content, before: { room, member: undefined, hash: "" }, after: { room } };
      for (const project of this.#parts.adoptProjections ?? []) await project(tx, change);
    }
  }

  async #record(tx: Tx, ref: RoomRef, event: StoredEvent, signature: Signature | null): Promise<void> {
    insertEvent(tx, ref, null, event);
    if (signature !== null) await insertSignature(tx, ref, event.position, signature);
  }

  async #fold(
    tx: Tx,
    ref: RoomRef,
    { room, hash }: { room: RoomState | undefined; hash: string },
    event: StoredEvent,
    meaning: JsonObject | null,
  ): Promise<RoomState> {
    const logged = loggedOf(event, meaning);
    const subject = subjectOf(logged);
    const member = subject === undefined ? undefined : await this.#parts.memberOf(tx, ref, subject);
    const after = apply(room, member, logged);
    const change: Change = { ref, event, content: meaning ?? {}, before: { room, member, hash }, after };
    for (const project of this.#parts.projections) await project(tx, change);
    return after.room;
  }
}

const NO_HEAD: Head = { position: 0, hash: ZERO_HASH, ordinal: 0, seq: 0 };

function loggedOf({ position, eventType: type, sender, hubTs }: StoredEvent, content: JsonObject | null) {
  return { position, type, content, sender, hubTs };
}

function withCause({ content, causedBy }: Draft, ids: readonly EventId[]): JsonObject {
  return causedBy === undefined ? content : { ...content, cause_event_id: ids[causedBy]! };
}
