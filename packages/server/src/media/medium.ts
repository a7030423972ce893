import type { MediaId } from "@stairwell/protocol";
import type { BlobName } from "../blobs/index.ts";
import type { RoomKey } from "../events/index.ts";

/** What was uploaded, or sent by people of another server, while it is there and can be opened. */
export interface Medium extends Said {
  readonly tenantNo: number;
  readonly mediaNo: number;
  readonly mediaId: MediaId;
  /** Null while its bytes are at its origin alone (FD19). */
  readonly blob: BlobName | null;
  /** Null for what was uploaded here. */
  readonly origin: Origin | null;
  /** The incognito room whose key seals it, and that key; 0 and null of all others. */
  readonly roomNo: number;
  readonly key: RoomKey;
  /** Bytes. */
  readonly size: number;
  readonly uploaderNo: number;
  /** Of a thumbnail: the medium it is of. */
  readonly thumbnailOf: number | null;
  readonly thumbnailId: MediaId | null;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** A medium whose bytes are here. */
export interface HeldMedium extends Medium {
  readonly blob: BlobName;
}

export function isHeld(medium: Medium): medium is HeldMedium {
  return medium.blob !== null;
}

/** Whose server has the bytes of a medium, and the room in which it was said there. */
export interface Origin {
  readonly serverName: string;
  readonly roomNo: number;
}

/** What is known of a medium and must not outlive it. */
export interface Said {
  /** 1 to 255 characters, never a path. */
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** By its content; until that is here, as its sender's server says. */
  readonly mimeType: string;
  /** Pixels, as the picture is shown; null for what is none. */
  readonly width: number | null;
  readonly height: number | null;
}

/** A medium as it stands in what is hashed (spec/model.md, "Bytes"). */
export interface MediumRecord {
  readonly sha256: string;
  readonly size: number;
  readonly mime_type: string;
  readonly name: string;
}

export function mediumRecord({ sha256, size, mimeType, name }: Medium): MediumRecord & Record<string, string | number> {
  return { sha256, size, mime_type: mimeType, name };
}
