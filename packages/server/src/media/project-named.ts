import { type Fqid, type MediaId, parseFqid } from "@stairwell/protocol";
import { EDIT, MESSAGE } from "@stairwell/protocol/room";
import type { Reader, Tx } from "../db/index.ts";
import { type Change, findEvent, type RoomRef, type StoredEvent } from "../events/index.ts";
import { newId } from "../lib/random.ts";
import type { Identities } from "../participants/index.ts";
import { findRoomByNo } from "../state/index.ts";
import { findBlobNo } from "./blobs.store.ts";
import type { Digests } from "./digest.ts";
import { cleanFileName } from "./file-name.ts";
import { insertForeign } from "./foreign.store.ts";
import { findMediumByNo, insertMedium, listMediaWith } from "./media.store.ts";
import type { MediumRecord } from "./medium.ts";
import { insertRef, listNamedBy } from "./refs.store.ts";

export interface NamedParts {
  identities: Identities;
  digests: Digests;
  /** What a tenant calls its server. */
  ownName: (reader: Reader, tenantNo: number) => Promise<string>;
}

const MIME_TYPE = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,63}$/;
/** Media of one content that are looked at for the one that was meant. */
const MOST_ALIKE = 20;

/**
 * Keeps which medium an event names where that is not known by its id: one that somebody of another server sent, of which
 * only what it is came, and one of our own people that came back from the hub of a room.
 */
export async function projectNamed(parts: NamedParts, tx: Tx, { ref, event, content }: Change): Promise<void> {
  const said = recordIn(event, content);
  if (said === undefined) return;
  const ours = await parts.ownName(tx, ref.tenantNo);
  // Of a bundle that comes in there is no room yet: it brings its media itself.
  const room = await findRoomByNo(tx, ref.tenantNo, ref.roomNo);
  if (room === undefined) return;
  const home = (event.sender !== null && parseFqid(event.sender)?.serverName) || room.hub;
  if (home === ours && room.hub === ours) return;
  const target = event.eventType === EDIT ? await findEvent(tx, ref, String(content["event_id"])) : event;
  if (target?.eventType !== MESSAGE) return;
  const digest = parts.digests.of(ref.tenantNo, null, said.sha256);
  const named =
    (await namedBefore(tx, ref, target, said)) ??
    (home === ours
      ? await ownMedium(parts, tx, ref, event, said, digest)
      : await madeMedium(parts, tx, ref, { event, creator: room.room.creator }, home, said, digest));
  if (named !== undefined) await insertRef(tx, ref, event.position, target.position, named);
}

function recordIn({ eventType }: StoredEvent, content: Change["content"]): MediumRecord | undefined {
  const whole = eventType === MESSAGE ? content : eventType === EDIT ? (content["content"] as Change["content"]) : {};
  const medium = whole?.["media_id"];
  return typeof medium === "object" && medium !== null ? (medium as MediumRecord) : undefined;
}

/** A message that keeps its file when it is edited keeps one medium. */
async function namedBefore(
  tx: Tx,
  ref: RoomRef,
  { position }: StoredEvent,
  { sha256, name }: MediumRecord,
): Promise<number | undefined> {
  for (const mediaNo of await listNamedBy(tx, ref, position)) {
    const medium = await findMediumByNo(tx, ref.tenantNo, mediaNo);
    if (medium?.sha256 === sha256 && medium.name === cleanFileName(name)) return mediaNo;
  }
  return undefined;
}

/** What our own server signed its sender could read then: theirs by that content and name, if there is one. */
async function ownMedium(
  { identities }: NamedParts,
  tx: Tx,
  { tenantNo }: RoomRef,
  { sender, actedBy }: StoredEvent,
  { sha256, size, name }: MediumRecord,
  digest: string,
): Promise<number | undefined> {
  const blobNo = await findBlobNo(tx, { name: { tenantNo, blobId: "" }, roomNo: 0, digest, size });
  const author = await identities.byFqid(tx, tenantNo, (actedBy ?? sender)!);
  if (blobNo === undefined || author === undefined) return undefined;
  const alike = await listMediaWith(tx, tenantNo, blobNo, author.participantNo, MOST_ALIKE);
  const found = alike.find((medium) => medium.name === name) ?? alike.find((medium) => medium.sha256 === sha256);
  return found?.mediaNo;
}

async function madeMedium(
  { identities }: NamedParts,
  tx: Tx,
  { tenantNo, roomNo }: RoomRef,
  { event, creator }: { event: StoredEvent; creator: Fqid },
  serverName: string,
  { sha256, size, mime_type, name }: MediumRecord,
  digest: string,
): Promise<number> {
  // What was imported has no sender here; whoever made the room brought it.
  const uploader = (await identities.byFqid(tx, tenantNo, event.sender ?? creator))!;
  const mimeType = MIME_TYPE.test(mime_type) ? mime_type : "application/octet-stream";
  const mediaNo = await insertMedium(tx, {
    tenantNo,
    mediaId: newId<MediaId>("media"),
    blobNo: null,
    roomNo: 0,
    key: null,
    said: { name: cleanFileName(name), sha256, mimeType, width: null, height: null },
    uploaderNo: uploader.participantNo,
    thumbnailOf: null,
  });
  await insertForeign(tx, { tenantNo, mediaNo, serverName, roomNo, size, digest });
  return mediaNo;
}
