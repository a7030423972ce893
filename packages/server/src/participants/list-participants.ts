import type { Db } from "../db/index.ts";
import { type Total, totalOf } from "../lib/page.ts";
import { countDirectory, type DirectoryFilter, type DirectoryPlace, listDirectory } from "./listing.store.ts";
import type { Participant } from "./participant.ts";

export interface DirectoryPage {
  people: Participant[];
  /** Where the next page begins; undefined on the last. */
  next: DirectoryPlace | undefined;
  total: Total;
}

/** A page of the tenant's directory of people (AP7). */
export function listParticipants(
  db: Db,
  tenantNo: number,
  filter: DirectoryFilter,
  after: DirectoryPlace | undefined,
  limit: number,
): Promise<DirectoryPage> {
  return db.snapshot(async (reader) => {
    const found = await listDirectory(reader, tenantNo, filter, after, limit + 1);
    const people = found.slice(0, limit);
    const hasMore = found.length > limit;
    const isWhole = after === undefined && !hasMore;
    const counted = isWhole ? people.length : await countDirectory(reader, tenantNo, filter);
    const last = people.at(-1);
    return {
      people,
      next: hasMore && last !== undefined ? [last.displayName, last.participantNo] : undefined,
      total: totalOf(counted),
    };
  });
}
