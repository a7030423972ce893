import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { canonical, type JsonObject } from "@stairwell/protocol";
import { type BundleMedium, type ManifestHead, MOST_NAMES } from "@stairwell/protocol/bundle";
import { cannot } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Staged, Staging } from "../blobs/index.ts";
import type { Db, Reader } from "../db/index.ts";
import { findHead, type RoomRef } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import { findMediumByNo, type HeldMedium, isHeld, listFileRefs } from "../media/index.ts";
import { allowed, findFacts, type StoredRoom } from "../state/index.ts";
import { findSigningKey, type SigningKey } from "../tenants/index.ts";
import { type Known, listKnown } from "./people.store.ts";

const PAGE = 500;
/** Media are found one by one. */
const MEDIA_PAGE = 100;

/** A room as it was at one moment, as far as that is not in its log. */
export interface RoomSnapshot {
  readonly ref: RoomRef;
  readonly head: ManifestHead;
  /** Entries of `people` and of `members`, parted by commas, as files: a room may have any number of members. */
  readonly people: Staged;
  readonly members: Staged;
  readonly media: readonly ExportedMedium[];
  readonly key: SigningKey;
}

/** A content that events name, with one of the media that hold it. */
export interface ExportedMedium {
  readonly entry: BundleMedium;
  readonly medium: HeldMedium;
}

/**
 * Takes what of a room is to be exported and changes afterwards (BU1): all but its events, of which it is settled here up
 * to which position they belong. `SW_ROOM_NOT_FOUND`, `SW_ROOM_EXPORT_REFUSED` (BU2), `SW_ROOM_FORBIDDEN`.
 */
export function takeSnapshot(
  { db, staging }: { db: Db; staging: Staging },
  actor: Actor,
  now: number,
  roomId: string,
): Promise<RoomSnapshot> {
  return db.snapshot(async (reader) => {
    const { facts, stored } = await findFacts(reader, actor, now, roomId);
    allowed(cannot(facts, "export"));
    const { tenantNo } = actor.tenant;
    const key = await findSigningKey(reader, tenantNo, now);
    if (key === undefined) throw new Error("a tenant has no key to sign with");
    const head = await headOf(reader, actor, now, stored!);
    const media = await mediaOf(reader, stored!, head.room.head);
    const people = await staging.receive(Readable.from(entries(reader, stored!, personEntry)), Infinity);
    try {
      const members = await staging.receive(Readable.from(entries(reader, stored!, memberEntry)), Infinity);
      return { ref: stored!, head, people, members, media, key };
    } catch (error) {
      await people.discard();
      throw error;
    }
  });
}

async function headOf(reader: Reader, actor: Actor, now: number, stored: StoredRoom): Promise<ManifestHead> {
  const { room } = stored;
  const head = (await findHead(reader, stored))!;
  return {
    exported_at: wireTime(now),
    exported_by: actor.fqid,
    server_name: actor.tenant.serverName,
    room: {
      id: stored.roomId,
      room_alias: stored.alias,
      room_type: room.roomType,
      scope_kind: room.scopeKind,
      name: room.name,
      topic: room.topic,
      is_public: room.isPublic,
      created_at: wireTime(room.createdAt),
      creator: room.creator,
      state: room.state,
      head: head.position,
      head_hash: head.hash,
    },
  };
}

/** Each content once, with the first thousand names of the media that hold it, in the order in which they were sent. */
async function mediaOf(reader: Reader, ref: RoomRef, head: number): Promise<ExportedMedium[]> {
  const bySha256 = new Map<string, ExportedMedium>();
  const seen = new Set<number>();
  for (let below = head + 1; ;) {
    const refs = await listFileRefs(reader, ref, below, MEDIA_PAGE);
    for (const { mediaNo } of refs) {
      if (seen.has(mediaNo)) continue;
      const medium = await findMediumByNo(reader, ref.tenantNo, mediaNo);
      seen.add(mediaNo);
      if (medium === undefined) throw new Error("an event names a medium that is not there: run 'stairwell verify'");
      // What nobody here has read is not here, and is counted among what was omitted.
      if (!isHeld(medium)) continue;
      const { sha256, size, mimeType, name } = medium;
      const names = bySha256.get(sha256)?.entry.names ?? [];
      const all = names.includes(name) ? names : [name, ...names].slice(0, MOST_NAMES);
      bySha256.set(sha256, { entry: { sha256, size, mime_type: mimeType, names: all }, medium });
    }
    if (refs.length < MEDIA_PAGE) return [...bySha256.values()].toReversed();
    below = refs.at(-1)!.position;
    await setImmediate();
  }
}

async function* entries(
  reader: Reader,
  ref: RoomRef,
  entryOf: (known: Known) => object | undefined,
): AsyncGenerator<string> {
  let isFirst = true;
  for (let after = 0; ;) {
    const page = await listKnown(reader, ref, after, PAGE);
    const texts = page.map(entryOf).filter((entry) => entry !== undefined);
    const text = texts.map((entry) => canonical(entry as JsonObject)).join(",");
    if (text !== "") yield isFirst ? text : `,${text}`;
    isFirst &&= text === "";
    if (page.length < PAGE) return;
    after = page.at(-1)!.participantNo;
    await setImmediate();
  }
}

function personEntry({ person }: Known): object {
  return person;
}

/** Those whom every member may see: who has left or was banned stands in the log alone. */
function memberEntry({ person, membership, powerLevel, joinedAt }: Known): object | undefined {
  if (membership !== "join" && membership !== "invite") return undefined;
  return {
    fqid: person.fqid,
    membership,
    power_level: powerLevel,
    joined_at: membership === "join" && joinedAt !== null ? wireTime(joinedAt) : null,
  };
}
