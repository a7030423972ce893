import { STREAM } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import type { Caller } from "../http/endpoint.ts";
import type { Reader, ReadStore } from "../db/index.ts";
import { findTimeAfter, type Place } from "../events/index.ts";
import { leadsNowhere } from "./leads-nowhere.ts";
import { eventFrameJson } from "../messages/index.ts";
import { fitting } from "../lib/fitting.ts";
import type { Identities } from "../participants/index.ts";
import { cursorText, newestPlace, readCursor } from "./cursor.ts";
import { countDue, type Due, dueAfter } from "./due.ts";
import type { Polls } from "./polls.ts";

export interface SyncParts {
  db: ReadStore;
  polls: Polls;
  identities: Identities;
  now: () => number;
  /** Who a credential speaks for, if it may read. */
  authenticate: (credential: string) => Promise<Actor>;
}

/** Where somebody's stream goes on; `reset` when their cursor leads nowhere and they must reload (ST3). */
export interface Resume {
  readonly place: Place;
  readonly reset: boolean;
}

/** Checks a cursor: of this tenant and store, not 30 days old, with at most 10,000 events due after it. */
export function resumeFrom(
  { db, now }: Pick<SyncParts, "db" | "now">,
  { tenant, participantNo }: Actor,
  since: string | null,
): Promise<Resume> {
  const reload = async (reader: Reader): Promise<Resume> => ({
    place: await newestPlace(reader, tenant),
    reset: true,
  });
  return db.snapshot(async (reader) => {
    if (since === null) return { place: await newestPlace(reader, tenant), reset: false };
    const place = await readCursor(reader, tenant, since);
    if (place === undefined) return reload(reader);
    const oldest = await findTimeAfter(reader, tenant.tenantNo, place.seq);
    if (oldest !== undefined && oldest < now() - STREAM.resumeMs) return reload(reader);
    if (await leadsNowhere(reader, tenant.tenantNo, participantNo, place.seq)) return reload(reader);
    const due = await countDue(reader, tenant.tenantNo, participantNo, place.seq);
    return due > STREAM.resumeEvents ? reload(reader) : { place, reset: false };
  });
}

/**
 * The stream by long poll (ST4): the events due after a cursor, or, when there are none, those that come within the
 * timeout or while the credential lasts. The answer is the JSON text of `{events, next_cursor, has_more, reset?}`.
 */
export async function sync(
  parts: SyncParts,
  { actor, credential, caller }: { actor: Actor; credential: string; caller: Caller },
  { since, limit, timeoutMs }: { since: string | null; limit: number; timeoutMs: number },
): Promise<string> {
  const { place, reset } = await resumeFrom(parts, actor, since);
  if (since === null || reset) return answer([], place, false, reset);
  const first = await read(parts, actor, place.seq, limit);
  if (first.reset) return answer([], first.newest, false, true);
  if (first.due.length > 0 || timeoutMs === 0) return render(parts, first, limit);
  // A timer may fire a millisecond early.
  const endsMs = Math.max(0, actor.expiresAt - parts.now()) + 1;
  return parts.polls.during(actor, caller, Math.min(timeoutMs, endsMs), async (poll) => {
    for (let after = first.newest.seq; ;) {
      // What the credential was good for when the wait began says nothing of now.
      await parts.authenticate(credential);
      const page = await read(parts, actor, after, limit);
      if (page.reset) return answer([], page.newest, false, true);
      if (page.due.length > 0 || poll.isOver) return render(parts, page, limit);
      after = page.newest.seq;
      await poll.woken(after);
    }
  });
}

interface Page {
  due: Due[];
  newest: Place;
  /** What they were told is not all, or not so any more: the caller must reload. */
  reset: boolean;
}

function read({ db }: SyncParts, { tenant, participantNo }: Actor, after: number, limit: number): Promise<Page> {
  return db.snapshot(async (reader) => ({
    newest: await newestPlace(reader, tenant),
    due: await dueAfter(reader, tenant.tenantNo, participantNo, after, limit + 1),
    reset: await leadsNowhere(reader, tenant.tenantNo, participantNo, after),
  }));
}

async function render({ db, identities }: SyncParts, { due, newest }: Page, limit: number): Promise<string> {
  const page = fitting(due, limit, ({ event }) => event.content?.length ?? 0);
  const events: string[] = [];
  for (const { at, event } of page) {
    events.push(await eventFrameJson(db, identities, at, event, cursorText(event)));
  }
  const hasMore = due.length > page.length;
  return answer(events, hasMore ? page.at(-1)!.event : newest, hasMore, false);
}

function answer(events: string[], next: Place, hasMore: boolean, reset: boolean): string {
  const tail = `"next_cursor":"${cursorText(next)}","has_more":${hasMore}${reset ? ',"reset":true' : ""}`;
  return `{"events":[${events.join(",")}],${tail}}`;
}
