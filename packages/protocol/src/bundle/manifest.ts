import type { Membership, RoomLife, RoomType } from "../room/index.ts";
import type { Envelope } from "../hash.ts";
import type { Fqid, RoomId } from "../ids.ts";
import type { JsonObject } from "../json.ts";

/** What a bundle is made of (spec/bundles.md). */
export const BUNDLE_FORMAT = "stairwell.room-bundle";
export const BUNDLE_VERSION = 1;
export const MANIFEST = "manifest.json";
export const MEDIA_FOLDER = "media/";

/** The keys of a manifest in the order in which they stand; only `signature` may be missing. */
export const MANIFEST_KEYS = [
  "format",
  "version",
  "exported_at",
  "exported_by",
  "server_name",
  "room",
  "people",
  "members",
  "media",
  "events",
  "omitted",
  "counts",
  "signature",
] as const;
export type ManifestKey = (typeof MANIFEST_KEYS)[number];

/** Those that may be long, and are written and read entry by entry. */
export const MANIFEST_LISTS = ["people", "members", "media", "events"] as const satisfies readonly ManifestKey[];
export type ManifestList = (typeof MANIFEST_LISTS)[number];

/** What stands before the lists. */
export interface ManifestHead {
  readonly exported_at: string;
  readonly exported_by: Fqid;
  readonly server_name: string;
  readonly room: BundleRoom;
}

export interface BundleRoom {
  readonly id: RoomId;
  readonly room_alias: string | null;
  readonly room_type: RoomType;
  readonly scope_kind: "incognito" | null;
  readonly name: string | null;
  readonly topic: string | null;
  readonly is_public: boolean;
  readonly created_at: string;
  readonly creator: Fqid;
  readonly state: RoomLife;
  /** The last position, and the hash of its event. */
  readonly head: number;
  readonly head_hash: string;
}

export interface BundlePerson {
  readonly fqid: Fqid;
  readonly display_name: string;
  readonly participant_type: "human" | "bot" | "agent" | "federated";
}

export interface BundleMember {
  readonly fqid: Fqid;
  readonly membership: Membership;
  readonly power_level: number;
  readonly joined_at: string | null;
}

export interface BundleMedium {
  /** Lower-case hex; the entry of its content is `media/` and this. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly mime_type: string;
  /** What it was called where it was sent; each name once. */
  readonly names: readonly string[];
}

/**
 * An event as it travels: with content and salt, or, where they were redacted, without both. Of a redaction whose reason was
 * wiped what it redacted is left, without the salt.
 */
export interface BundleEvent {
  readonly envelope: Envelope & { readonly v: 1 };
  readonly hash: string;
  readonly signatures: readonly EventSignature[];
  readonly content?: JsonObject;
  readonly salt?: string;
}

/** Of an event that came from a server that is not the hub. */
export interface EventSignature {
  readonly key_id: string;
  readonly server_name: string;
  /** Base64. */
  readonly value: string;
}

/** What is not in the bundle although the room has, or had, it. */
export interface Omission {
  readonly what: string;
  readonly reason: string;
  readonly count: number;
}

export interface BundleCounts {
  readonly events: number;
  /** The thousand types that come first, by name; all further ones together as `*`. */
  readonly by_type: Readonly<Record<string, number>>;
  readonly media: number;
  readonly media_bytes: number;
}

export interface BundleSignature {
  /** `ed25519-` and the first 8 hex digits of the SHA-256 of the public key's 32 bytes. */
  readonly key_id: string;
  readonly alg: "ed25519";
  /** 64 bytes, base64. */
  readonly value: string;
}

/** The name of a medium's entry. */
export function mediaEntry(sha256: string): string {
  return MEDIA_FOLDER + sha256;
}
