import type { EventId, Fqid, RoomId } from "./ids.ts";

/** Lower-case hex SHA-256 of a text's UTF-8 bytes; given by the platform, since this package has no built-ins. */
export type Sha256 = (text: string) => string;

/** `prev_hash` of the first event of a room. */
export const ZERO_HASH = "0".repeat(64);

/** What a sender proposes; a server that is not the hub signs these bytes (spec/model.md, "Bytes"). */
export interface Proposal {
  room_id: RoomId;
  id: EventId;
  event_type: string;
  sender: Fqid | null;
  acted_by: Fqid | null;
  /** Unix milliseconds by the sender's clock. */
  origin_ts: number;
  content_hash: string;
}

/** A proposal with the place that the hub gave it. */
export interface Envelope extends Proposal {
  /** Unix milliseconds by the hub's clock: `created_at`, the only time that rules use. */
  hub_ts: number;
  imported: boolean;
  position: number;
  prev_hash: string;
}

/**
 * The text whose hash is `content_hash`: the canonical `{"content": C, "salt": S}`.
 * `content` is already canonical; `salt` is 16 random bytes in base64url without padding.
 */
export function contentHashText(content: string, salt: string): string {
  return `{"content":${content},"salt":"${salt}"}`;
}

/**
 * The canonical bytes of a proposal. The keys stand here in canonical order, so that the hot path
 * joins texts instead of sorting; a test holds this against the general `canonical`.
 */
export function proposalText(p: Proposal): string {
  return (
    `{"acted_by":${text(p.acted_by)},"content_hash":"${p.content_hash}","event_type":${text(p.event_type)},` +
    `"id":${text(p.id)},"origin_ts":${p.origin_ts},"room_id":${text(p.room_id)},"sender":${text(p.sender)},"v":1}`
  );
}

/** The canonical bytes of an envelope, whose hash is the event's `hash`. */
export function envelopeText(e: Envelope): string {
  return (
    `{"acted_by":${text(e.acted_by)},"content_hash":"${e.content_hash}","event_type":${text(e.event_type)},` +
    `"hub_ts":${e.hub_ts},"id":${text(e.id)},"imported":${e.imported},"origin_ts":${e.origin_ts},` +
    `"position":${e.position},"prev_hash":"${e.prev_hash}","room_id":${text(e.room_id)},"sender":${text(e.sender)},"v":1}`
  );
}

/** The canonical bytes of a head: what a hub signs for each batch of a federated room. */
export function headText(head: { room_id: RoomId; position: number; hash: string }): string {
  return `{"hash":"${head.hash}","position":${head.position},"room_id":${text(head.room_id)}}`;
}

function text(value: string | null): string {
  return value === null ? "null" : JSON.stringify(value);
}
