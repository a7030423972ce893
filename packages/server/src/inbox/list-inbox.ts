import type { Reader } from "../db/index.ts";
import { findRoomByNo, isForgotten, type StoredRoom } from "../state/index.ts";
import { listInvites, listMentionHeads, listMentionsIn, type Owner, type Place } from "./inbox.store.ts";

export interface Entry extends Place {
  readonly kind: "mention" | "invite";
  readonly at: StoredRoom;
}

export interface InboxQuery {
  /** Undefined: both. */
  kind: Entry["kind"] | undefined;
  /** Only what is older than this sequence. */
  before: number;
  limit: number;
}

/** The newest of what is addressed to a person. It costs a look at each room they are in, and what it shows. */
export async function listInbox(reader: Reader, owner: Owner, query: InboxQuery): Promise<Entry[]> {
  const invites = query.kind === "mention" ? [] : await openInvites(reader, owner, query);
  const mentions = query.kind === "invite" ? [] : await newestMentions(reader, owner, query);
  return newest([...invites, ...mentions], query.limit);
}

async function openInvites(reader: Reader, owner: Owner, { before, limit }: InboxQuery): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const place of await listInvites(reader, owner, before, limit)) {
    entries.push({ ...place, kind: "invite", at: (await findRoomByNo(reader, owner.tenantNo, place.roomNo))! });
  }
  return entries;
}

/** Room by room from the one with the newest mention on, until no further room can have one that is new enough. */
async function newestMentions(reader: Reader, owner: Owner, { before, limit }: InboxQuery): Promise<Entry[]> {
  let entries: Entry[] = [];
  for (const head of await listMentionHeads(reader, owner, before)) {
    if (entries.length === limit && entries[limit - 1]!.seq > head.seq) break;
    const at = (await findRoomByNo(reader, owner.tenantNo, head.roomNo))!;
    if (isForgotten(at)) continue;
    const found = await listMentionsIn(reader, owner, head, before, limit);
    entries = newest([...entries, ...found.map((place) => ({ ...place, kind: "mention" as const, at }))], limit);
  }
  return entries;
}

function newest(entries: Entry[], limit: number): Entry[] {
  return entries.sort((a, b) => b.seq - a.seq).slice(0, limit);
}
