import { type JsonObject, parseJson, type RoomId } from "@stairwell/protocol";
import { mediumOf } from "@stairwell/protocol/bundle";
import { decide, type Draft, EDIT, isAmendment, MESSAGE } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import {
  endImport,
  findEvent,
  type ImportedDraft,
  insertImport,
  insertImportMedium,
  type Log,
  type RoomRef,
  type StoredEvent,
  type Unseen,
} from "../events/index.ts";
import { systemClock } from "../lib/clock.ts";
import { Manners } from "../lib/manners.ts";
import { newId } from "../lib/random.ts";
import type { Holds } from "../nodes/index.ts";
import { insertRef } from "../media/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { newAlias } from "../rooms/index.ts";
import { bareFacts, countOpenRooms, granted, mustBeActive, nextRoomNo } from "../state/index.ts";
import { roleIn } from "../workspaces/index.ts";
import { fitted } from "./fitting.ts";
import { importHold } from "./forget.ts";
import type { ImportedRoom } from "./imported-room.ts";
import type { Leftovers } from "./leftovers.ts";

/** Events of which the store hears that they are much: a megabyte or two of what people say. */
const MUCH = 1024;

/** Event types that begin the log of an imported room, after those of every room. */
export const IMPORT = "swp.room.import";

export interface RoomWriterParts {
  db: Db;
  log: Log;
  /** A room with a history came into somebody's sight. */
  onSight: (tenantNo: number, participantNo: number) => void;
  /** Keeps an import under way from those who take away what dead processes left. */
  holds: Holds;
  leftovers: Pick<Leftovers, "forget">;
}

export interface RoomToWrite {
  readonly room: ImportedRoom;
  readonly workspaceId: string;
  /** What the import event says. */
  readonly origin: Draft["content"];
}

interface Begun {
  readonly ref: RoomRef;
  readonly unseen: Unseen;
}

/**
 * Writes a room from a bundle, slice by slice, while nobody sees it. The last slice makes it a room: until that commit
 * there is none, and what was written is taken away by `abandon`, or by the next start.
 */
export class RoomWriter {
  readonly #parts: RoomWriterParts;
  readonly #actor: Actor;
  readonly #toWrite: RoomToWrite;
  readonly #media = new Map<string, number>();
  /** What is committed of a log that takes several slices. */
  #begun: Begun | undefined;
  #batch: readonly ImportedDraft[] = [];
  /** Events of which the store has not heard yet. */
  #written = 0;
  /** The commands that wait for a slice must not notice. */
  readonly #manners = new Manners();

  constructor(parts: RoomWriterParts, actor: Actor, toWrite: RoomToWrite) {
    this.#parts = parts;
    this.#actor = actor;
    this.#toWrite = toWrite;
  }

  /** Commits the beginning of the log, where something must be on record before its end is. */
  async begin(): Promise<void> {
    if (this.#begun === undefined) await this.#commit();
  }

  /** A medium of the room was recorded: it goes where the room does not come. For the transaction that recorded it. */
  async keepMedium(tx: Tx, mediaId: string): Promise<void> {
    await insertImportMedium(tx, this.#begun!.ref, mediaId);
  }

  /** The events to come may name this content. */
  addMedium(sha256: string, mediaNo: number): void {
    this.#media.set(sha256, mediaNo);
  }

  /** Takes the next events, and writes those before: the last ones wait for `end`. */
  async take(drafts: readonly ImportedDraft[]): Promise<void> {
    if (this.#batch.length > 0) await this.#commit();
    this.#batch = drafts;
  }

  /** Makes it a room, with the events that are left, and keeps the answer by the receipt. As a room is refused to be made. */
  end<A extends Answer<object>>(receipt: Receipt | undefined, answer: (roomId: RoomId) => A): Promise<A> {
    const { db, log, onSight, holds } = this.#parts;
    return perform(db, this.#actor.tenant, receipt, async (tx) => {
      if (this.#begun !== undefined) await holds.confirm(tx, importHold(this.#begun.ref));
      const drafts = await this.#mayBegin(tx);
      const before = this.#begun ?? (await this.#beginIn(tx, drafts));
      const { unseen, events } = await this.#append(tx, before);
      const { roomType, name, isPublic } = this.#toWrite.room;
      const { tenant, participantNo } = this.#actor;
      const alias = await newAlias(tx, tenant, name, isPublic ?? roomType === "public");
      const ref: RoomRef = { ...before.ref, birth: { alias, hub: tenant.serverName, pair: null } };
      if (this.#begun === undefined) {
        await log.show(tx, ref, unseen, [...unseen.changes.map(({ event }) => event), ...events]);
      } else {
        await log.show(tx, ref, unseen, []);
        await endImport(tx, ref, unseen.head.seq);
        await holds.drop(tx, importHold(ref));
        tx.afterCommit(() => onSight(tenant.tenantNo, participantNo));
      }
      return answer(ref.roomId);
    });
  }

  /** Takes away what was written of a room that does not come; where the store cannot, it goes as soon as that can. */
  async abandon(): Promise<void> {
    if (this.#begun !== undefined) await this.#parts.leftovers.forget(this.#begun.ref);
  }

  /** Writes the batch, slice by slice; without any, the beginning of the log. */
  async #commit(): Promise<void> {
    const { db, holds } = this.#parts;
    do {
      const started = systemClock.monotonic();
      const { begun, written } = await db.write(this.#actor.tenant, async (tx) => {
        if (this.#begun !== undefined) await holds.confirm(tx, importHold(this.#begun.ref));
        const before = this.#begun ?? (await this.#beginIn(tx, await this.#mayBegin(tx)));
        if (this.#begun === undefined) {
          await holds.take(tx, importHold(before.ref));
          await insertImport(tx, before.ref, this.#actor.participantNo, before.unseen.changes[0]!.event.seq);
        }
        const { unseen, events } = await this.#append(tx, before, systemClock.monotonic() + this.#manners.portionMs);
        return { begun: { ref: before.ref, unseen }, written: events.length };
      });
      this.#begun = begun;
      this.#batch = this.#batch.slice(written);
      await this.#manners.giveWay(systemClock.monotonic() - started);
      this.#wrote(written);
    } while (this.#batch.length > 0);
  }

  #wrote(events: number): void {
    this.#written += events;
    if (this.#written < MUCH) return;
    this.#written = 0;
    this.#parts.db.wroteMuch();
  }

  /** The room's first events, if the caller may make it. */
  async #mayBegin(tx: Tx): Promise<readonly Draft[]> {
    const { tenant, participantNo, fqid } = this.#actor;
    await mustBeActive(tx, this.#actor);
    const { room, workspaceId, origin } = this.#toWrite;
    const openRooms =
      tenant.limits.max_rooms === null
        ? {}
        : { openRooms: await countOpenRooms(tx, tenant.tenantNo, tenant.serverName) };
    const role = await roleIn(tx, tenant.tenantNo, workspaceId, participantNo);
    const command = { kind: "create", scopeKind: null, closeOnLeave: undefined, ...room, workspaceId, role } as const;
    const facts = { ...bareFacts(this.#actor, tx.now, undefined, undefined), ...openRooms };
    return [...granted(decide(facts, command)), { type: IMPORT, content: origin, sender: fqid }];
  }

  async #beginIn(tx: Tx, drafts: readonly Draft[]): Promise<Begun> {
    const { tenantNo } = this.#actor.tenant;
    const ref = { tenantNo, roomNo: await nextRoomNo(tx, tenantNo), roomId: newId<RoomId>("room") };
    return { ref, unseen: await this.#parts.log.beginUnseen(tx, ref, drafts) };
  }

  /** Appends what there is in the batch, or as much as can be done until a time, by the monotonic clock. */
  async #append(tx: Tx, { ref, unseen }: Begun, until = Infinity): Promise<{ unseen: Unseen; events: StoredEvent[] }> {
    const events: StoredEvent[] = [];
    let end = unseen;
    for (const draft of this.#batch) {
      if (events.length > 0 && systemClock.monotonic() > until) break;
      const event = await this.#appendOne(tx, ref, end, draft);
      events.push(event);
      end = { ...end, head: event };
    }
    return { unseen: end, events };
  }

  async #appendOne(tx: Tx, ref: RoomRef, end: Unseen, draft: ImportedDraft): Promise<StoredEvent> {
    const { log } = this.#parts;
    if (!mayNameOthers(draft)) return log.appendImported(tx, ref, end, draft);
    const content = draft.content === null ? {} : (parseJson(draft.content) as JsonObject);
    if (!isAmendment(draft.type)) {
      const event = await log.appendImported(tx, ref, end, draft, content);
      await this.#refer(tx, ref, event, content);
      return event;
    }
    const fit = draft.content === null ? draft : await fitted(tx, ref, draft, content);
    if (fit !== draft) return log.appendImported(tx, ref, end, fit);
    const event = await log.appendImported(tx, ref, end, draft, content);
    if (draft.type === EDIT) await this.#refer(tx, ref, event, content);
    return event;
  }

  /** The medium that an event names is read by whoever reads the event (VS4). */
  async #refer(tx: Tx, ref: RoomRef, { position, eventType: type }: StoredEvent, content: JsonObject): Promise<void> {
    const named = mediumOf(type, content);
    const mediaNo = named && this.#media.get(named.medium.sha256);
    if (mediaNo === undefined) return;
    const message = type === EDIT ? await findEvent(tx, ref, content.event_id as string) : undefined;
    // An edit of a custom event names nothing.
    if (message !== undefined && message.eventType !== MESSAGE) return;
    const target = message?.position ?? position;
    await insertRef(tx, ref, position, target, mediaNo);
  }
}

/** Whether an event may be about another one, or name a medium: all that is kept of it besides itself. */
function mayNameOthers({ type, content }: ImportedDraft): boolean {
  if (type !== MESSAGE) return isAmendment(type);
  return content !== null && (content.includes('"reply_to_event_id"') || content.includes('"media_id"'));
}
