import { STREAM } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import type { ReadStore } from "../db/index.ts";
import { findNewestSeq, findTimeAfter } from "../events/index.ts";
import { eventFrameJson } from "../messages/index.ts";
import type { Identities } from "../participants/index.ts";
import { cursorText, readCursor } from "./cursor.ts";
import { countDue, type Due, dueAfter } from "./due.ts";
import type { Hub } from "./hub.ts";

export interface SyncParts {
  db: ReadStore;
  hub: Hub;
  identities: Identities;
  now: () => number;
}

/** Where somebody's stream goes on; `reset` when their cursor leads nowhere and they must reload (ST3). */
export type Resume = { seq: number; newest: number; reset: boolean };

/** Checks a cursor: of this tenant, not from the future, not 30 days old, with at most 10,000 events due after it. */
export function resumeFrom(
  { db, now }: Pick<SyncParts, "db" | "now">,
  { tenant, participantNo }: Actor,
  since: string | null,
): Promise<Resume> {
  return db.snapshot(async (reader) => {
    const newest = await findNewestSeq(reader, tenant.tenantNo);
    if (since === null) return { seq: newest, newest, reset: false };
    const seq = readCursor(tenant, since);
    const reload = { seq: newest, newest, reset: true };
    if (seq === undefined || seq > newest) return reload;
    const oldest = await findTimeAfter(reader, tenant.tenantNo, seq);
    if (oldest !== undefined && oldest < now() - STREAM.resumeMs) return reload;
    const due = await countDue(reader, tenant.tenantNo, participantNo, seq);
    return due > STREAM.resumeEvents ? reload : { seq, newest, reset: false };
  });
}

/**
 * The stream by long poll (ST4): the events due after a cursor, or, when there are none, those that come within the
 * timeout. The answer is the JSON text of `{events, next_cursor, has_more, reset?}`.
 */
export async function sync(
  parts: SyncParts,
  actor: Actor,
  since: string | null,
  { limit, timeoutMs }: { limit: number; timeoutMs: number },
): Promise<string> {
  const { seq, newest, reset } = await resumeFrom(parts, actor, since);
  if (since === null || reset) return answer(actor, [], newest, false, reset);
  const first = await read(parts, actor, seq, limit);
  if (first.due.length > 0 || timeoutMs === 0) return render(parts, actor, first, limit);
  await woken(parts, actor, first.newest, timeoutMs);
  return render(parts, actor, await read(parts, actor, first.newest, limit), limit);
}

interface Page {
  due: Due[];
  newest: number;
}

function read({ db }: SyncParts, { tenant, participantNo }: Actor, after: number, limit: number): Promise<Page> {
  return db.snapshot(async (reader) => ({
    newest: await findNewestSeq(reader, tenant.tenantNo),
    due: await dueAfter(reader, tenant.tenantNo, participantNo, after, limit + 1),
  }));
}

async function render({ db, identities }: SyncParts, actor: Actor, { due, newest }: Page, limit: number): Promise<string> {
  const events: string[] = [];
  for (const { at, event } of due.slice(0, limit)) {
    events.push(await eventFrameJson(db, identities, at, event, cursorText(actor.tenant, event.seq)));
  }
  const hasMore = due.length > limit;
  return answer(actor, events, hasMore ? due[limit - 1]!.event.seq : newest, hasMore, false);
}

function answer({ tenant }: Actor, events: string[], next: number, hasMore: boolean, reset: boolean): string {
  const tail = `"next_cursor":"${cursorText(tenant, next)}","has_more":${hasMore}${reset ? ',"reset":true' : ""}`;
  return `{"events":[${events.join(",")}],${tail}}`;
}

/** Waits until an event after `newest` is due to the caller, or the time is over. */
async function woken({ db, hub }: SyncParts, actor: Actor, newest: number, timeoutMs: number): Promise<void> {
  const { tenant, participantNo, participantId } = actor;
  const { promise, resolve } = Promise.withResolvers<void>();
  const receiver = { event: (seq: number) => seq > newest && resolve(), note: () => {}, fail: resolve };
  const who = { tenantNo: tenant.tenantNo, tenantId: tenant.tenantId, participantNo, participantId };
  const listener = await hub.attach(who, receiver);
  const timer = setTimeout(resolve, timeoutMs);
  try {
    // What was committed while we attached did not wake us.
    const due = await db.snapshot((reader) => dueAfter(reader, tenant.tenantNo, participantNo, newest, 1));
    if (due.length === 0) await promise;
  } finally {
    clearTimeout(timer);
    hub.detach(listener, receiver);
  }
}
