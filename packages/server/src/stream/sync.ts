import { STREAM } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import type { Caller } from "../http/endpoint.ts";
import type { Reader, ReadStore } from "../db/index.ts";
import { findTimeAfter, type Place } from "../events/index.ts";
import { eventFrameJson } from "../messages/index.ts";
import { fitting } from "../lib/fitting.ts";
import type { Identities } from "../participants/index.ts";
import { type KeptRefusal, listRefusals } from "../peers/index.ts";
import { cursorText, newestPlace, readCursor } from "./cursor.ts";
import { countDue, type Due, dueAfter } from "./due.ts";
import { leadsNowhere } from "./leads-nowhere.ts";
import type { Polls } from "./polls.ts";
import { refusedView } from "./refused.view.ts";

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
 * timeout or while the credential lasts. What the caller said and was refused meanwhile ends the wait too, and is told until
 * the cursor has passed it (FD13). The answer is the JSON text of `{events, next_cursor, has_more, reset?, refused?}`.
 */
export async function sync(
  parts: SyncParts,
  { actor, credential, caller }: { actor: Actor; credential: string; caller: Caller },
  { since, limit, timeoutMs }: { since: string | null; limit: number; timeoutMs: number },
): Promise<string> {
  const { place, reset } = await resumeFrom(parts, actor, since);
  if (since === null) return answer([], { place });
  const from = place.seq;
  // Whoever reloads learns of all that is kept.
  if (reset) return answer([], { place, reset, refused: await refusedTo(parts.db, actor, 0) });
  const first = await read(parts, actor, { from, after: from, limit });
  if (first.reset) return answer([], { place: first.newest, reset: true, refused: first.refused });
  const isNews = first.due.length > 0 || first.refused.some(({ seq }) => seq > from);
  if (isNews || timeoutMs === 0) return render(parts, first, limit);
  // A timer may fire a millisecond early.
  const endsMs = Math.max(0, actor.expiresAt - parts.now()) + 1;
  return parts.polls.during(actor, caller, Math.min(timeoutMs, endsMs), async (poll) => {
    const told = new Set(first.refused.map(({ id }) => id));
    for (let after = first.newest.seq; ;) {
      // What the credential was good for when the wait began says nothing of now.
      await parts.authenticate(credential);
      const page = await read(parts, actor, { from, after, limit });
      if (page.reset) return answer([], { place: page.newest, reset: true, refused: page.refused });
      if (page.due.length > 0 || poll.isOver || page.refused.some(({ id }) => !told.has(id))) {
        return render(parts, page, limit);
      }
      after = page.newest.seq;
      await poll.woken(after);
    }
  });
}

/** What one refused, which is no event; the rest is at `GET /v1/me/pending`. */
const MOST_REFUSED = 100;

interface Page {
  due: Due[];
  newest: Place;
  /** What they were told is not all, or not so any more: the caller must reload. */
  reset: boolean;
  refused: readonly KeptRefusal[];
}

/** `from`: where the caller's cursor stands; `after`: up to where nothing is due to them. */
function read(
  { db }: SyncParts,
  actor: Actor,
  { from, after, limit }: { from: number; after: number; limit: number },
): Promise<Page> {
  const { tenant, participantNo } = actor;
  return db.snapshot(async (reader) => {
    const [newest, due, reset, refused] = await Promise.all([
      newestPlace(reader, tenant),
      dueAfter(reader, tenant.tenantNo, participantNo, after, limit + 1),
      leadsNowhere(reader, tenant.tenantNo, participantNo, after),
      refusedTo(reader, actor, from),
    ]);
    return { newest, due, reset, refused };
  });
}

function refusedTo(reader: Reader, { tenant, participantNo }: Actor, since: number): Promise<KeptRefusal[]> {
  return listRefusals(reader, tenant.tenantNo, participantNo, since, MOST_REFUSED);
}

async function render({ db, identities }: SyncParts, { due, newest, refused }: Page, limit: number): Promise<string> {
  const page = fitting(due, limit, ({ event }) => event.content?.length ?? 0);
  const events: string[] = [];
  for (const { at, event } of page) {
    events.push(await eventFrameJson(db, identities, at, event, cursorText(event)));
  }
  const hasMore = due.length > page.length;
  return answer(events, { place: hasMore ? page.at(-1)!.event : newest, hasMore, refused });
}

interface Ending {
  /** Where the caller goes on. */
  readonly place: Place;
  readonly hasMore?: boolean;
  readonly reset?: boolean;
  readonly refused?: readonly KeptRefusal[];
}

function answer(events: string[], { place, hasMore = false, reset = false, refused = [] }: Ending): string {
  const more = {
    next_cursor: cursorText(place),
    has_more: hasMore,
    ...(reset && { reset }),
    ...(refused.length > 0 && { refused: refused.map(refusedView) }),
  };
  return `{"events":[${events.join(",")}],${JSON.stringify(more).slice(1)}`;
}
