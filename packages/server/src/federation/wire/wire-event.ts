import { canonical, type JsonObject, parseFqid, parseJson, ZERO_HASH } from "@stairwell/protocol";
import type { WireEvent } from "@stairwell/protocol/federation";
import { type RoomType, WORKSPACE } from "@stairwell/protocol/room";
import type { Reader } from "../../db/index.ts";
import {
  type CameEvent,
  envelopeOf,
  findEventAt,
  listAfter,
  listSignatures,
  type RoomRef,
  type Signature,
  type StoredEvent,
} from "../../events/index.ts";
import type { FederationPolicy } from "../../peers/index.ts";

/** From where a server may read what was said in a room; before it, events cross without their content (FD20). */
export interface Sight {
  readonly from: number;
}

/**
 * From where a server may read: its first join, or everything, where policy gives what was said before it (FD20). In a
 * direct room everything was said to its person (FD24).
 */
export function sightBy(
  policy: Pick<FederationPolicy, "history_before_join">,
  roomType: RoomType,
  firstPosition: number | null,
): Sight {
  return { from: policy.history_before_join || roomType === "dm" ? 1 : (firstPosition ?? Infinity) };
}

/** An event as it goes to another server. `prevHash`: of the event before it. */
export function toWireEvent(
  ref: RoomRef,
  event: StoredEvent,
  prevHash: string,
  signature: Signature | undefined,
  sight: Sight,
): WireEvent {
  // Without its salt it is what a wiped reason left, which is what the event means (LC8).
  const said =
    isWithheld(event, sight) || event.content === null
      ? {}
      : { content: parseJson(event.content) as JsonObject, ...(event.salt !== null && { salt: event.salt }) };
  return {
    envelope: { v: 1, ...envelopeOf(ref.roomId, event, prevHash) },
    hash: event.hash,
    signatures: signature === undefined ? [] : [wireSignature(event, signature)],
    ...said,
  };
}

/** What it may not read crosses without its content. */
function isWithheld({ eventType, position }: StoredEvent, { from }: Sight): boolean {
  return eventType === WORKSPACE || position < from;
}

function wireSignature({ sender, actedBy }: StoredEvent, { keyId, value }: Signature): WireEvent["signatures"][number] {
  const serverName = parseFqid(actedBy ?? sender ?? "")?.serverName;
  if (serverName === undefined) throw new Error("a signed event is of nobody");
  return { key_id: keyId, server_name: serverName, value };
}

/** The same, as JSON: what is said goes as the text that is on record. */
function toWireText(
  ref: RoomRef,
  event: StoredEvent,
  prevHash: string,
  signature: Signature | undefined,
  sight: Sight,
): string {
  const { content, salt } = event;
  const { envelope, hash, signatures } = toWireEvent(ref, { ...event, content: null }, prevHash, signature, sight);
  const bare = JSON.stringify({ envelope, hash, signatures });
  if (content === null || isWithheld(event, sight)) return bare;
  return `${bare.slice(0, -1)},"content":${content}${salt === null ? "" : `,"salt":${JSON.stringify(salt)}`}}`;
}

/** A part of a room's log: from one position to another, at most `limit` events. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly sight: Sight;
}

/** The events of a part of a room's log, as they go to another server. */
export function listWireEvents(reader: Reader, ref: RoomRef, part: Part): Promise<WireEvent[]> {
  return listPart(reader, ref, part, (event, prevHash, signature) =>
    toWireEvent(ref, event, prevHash, signature, part.sight),
  );
}

/** An event as it goes to another server, as JSON. */
export interface WireText {
  readonly position: number;
  readonly hash: string;
  readonly text: string;
}

/** As `listWireEvents`, as JSON. */
export function listWireTexts(reader: Reader, ref: RoomRef, part: Part): Promise<WireText[]> {
  return listPart(reader, ref, part, (event, prevHash, signature) => {
    const { position, hash } = event;
    return { position, hash, text: toWireText(ref, event, prevHash, signature, part.sight) };
  });
}

async function listPart<T>(
  reader: Reader,
  ref: RoomRef,
  { from, to, limit }: Part,
  as: (event: StoredEvent, prevHash: string, signature: Signature | undefined) => T,
): Promise<T[]> {
  const events = (await listAfter(reader, ref, from - 1, Math.min(limit, to - from + 1))).filter(
    ({ position }) => position <= to,
  );
  const last = events.at(-1);
  if (last === undefined) return [];
  const signatures = await listSignatures(reader, ref, from, last.position);
  let prevHash = from === 1 ? ZERO_HASH : (await findEventAt(reader, ref, from - 1))?.hash;
  if (prevHash === undefined) throw new Error("a log begins after what is asked for");
  const wire: T[] = [];
  for (const event of events) {
    wire.push(as(event, prevHash, signatures.get(event.position)));
    prevHash = event.hash;
  }
  return wire;
}

/** An event as it came from another server, in the form in which it is kept. Of the right shape; nothing of it is believed. */
export function fromWireEvent({ envelope, hash, signatures, content, salt }: WireEvent): CameEvent {
  const [signature] = signatures;
  return {
    position: envelope.position,
    eventId: envelope.id,
    eventType: envelope.event_type,
    sender: envelope.sender,
    actedBy: envelope.acted_by,
    originTs: envelope.origin_ts,
    hubTs: envelope.hub_ts,
    imported: envelope.imported,
    content: content === undefined ? null : canonical(content),
    salt: salt ?? null,
    contentHash: envelope.content_hash,
    hash,
    signature: signature === undefined ? null : { keyId: signature.key_id, value: signature.value },
  };
}
