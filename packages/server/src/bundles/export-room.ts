import { pipeline, type Readable, Transform } from "node:stream";
import { MANIFEST, mediaEntry } from "@stairwell/protocol/bundle";
import type { Actor } from "../auth/index.ts";
import type { BlobStore, Staging } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { every } from "../lib/periodic.ts";
import { slugOf } from "../lib/slug.ts";
import { notePassed } from "../lib/young-memory.ts";
import { contentOf, wholeContentOf } from "../media/index.ts";
import type { Places } from "../nodes/index.ts";
import { takeExportPlace } from "./export-places.ts";
import { manifestBytes } from "./manifest-bytes.ts";
import { type RoomSnapshot, takeSnapshot } from "./snapshot.ts";
import { type WrittenEntry, zipOf } from "./zip-writer.ts";

/** Fast: the level decides how much of a core an export takes. */
const MANIFEST_LEVEL = 1;
/** Media up to this many bytes are read at once: few enough for nobody to wait while they are hashed. */
const SMALL_BYTES = 256 * 1024;
/** Milliseconds between two looks at whether a reader still may. */
const WATCH_MS = 1000;

export interface ExportParts {
  db: Db;
  staging: Staging;
  blobs: BlobStore;
  clock: Clock;
  /** How many run at one time is counted there. */
  places: Places;
  /** Who a credential speaks for; throws once it speaks for nobody (AU3). */
  authenticate: (credential: string) => Actor | Promise<Actor>;
  /** Told what could not be cleaned up after an export. */
  onFault: (error: unknown) => void;
}

/** An export that is ready to be sent. */
export interface RoomExport {
  /** Clean, and unlike others of the same room on other days. */
  readonly fileName: string;
  readonly events: number;
  readonly mediaBytes: number;
  /** Begins the ZIP. */
  open(): Readable;
  /** Lets go of what was prepared, when it is not opened. */
  discard(): Promise<void>;
}

/**
 * Prepares the export of a room (BU1). `SW_RATE_LIMIT_EXCEEDED` (BU6), `SW_ROOM_NOT_FOUND`, `SW_ROOM_EXPORT_REFUSED`
 * (BU2), `SW_ROOM_FORBIDDEN`.
 */
export async function exportRoom(
  parts: ExportParts,
  { actor, credential }: { actor: Actor; credential: string },
  roomId: string,
): Promise<RoomExport> {
  const free = await takeExportPlace(parts.places, actor);
  const now = parts.clock.now();
  let snapshot: RoomSnapshot;
  try {
    snapshot = await takeSnapshot(parts, actor, now, roomId);
  } catch (error) {
    free();
    throw error;
  }
  const discard = async (): Promise<void> => {
    free();
    await Promise.all([snapshot.people.discard(), snapshot.members.discard()]);
  };
  const { room, exported_at } = snapshot.head;
  return {
    fileName: `${slugOf(room.name ?? "", 60) || room.room_type}-${exported_at.slice(0, 10)}.zip`,
    events: room.head,
    mediaBytes: snapshot.media.reduce((sum, { entry }) => sum + entry.size, 0),
    open: () => watched(parts, credential, zipOf(entriesOf(parts, snapshot), new Date(now)), discard),
    discard,
  };
}

function entriesOf({ db, blobs }: ExportParts, snapshot: RoomSnapshot): WrittenEntry[] {
  const manifest: WrittenEntry = {
    name: MANIFEST,
    level: MANIFEST_LEVEL,
    open: async () => manifestBytes(db, snapshot),
  };
  const media = snapshot.media.map(({ entry, medium }): WrittenEntry => ({
    name: mediaEntry(entry.sha256),
    // Pictures, sound and films are packed already.
    level: 0,
    size: entry.size,
    open: async () => (entry.size <= SMALL_BYTES ? [await wholeContentOf(blobs, medium)] : contentOf(blobs, medium)),
  }));
  return [manifest, ...media];
}

/** Ends an export whose reader has lost the right to read; cleans up whatever the end. */
function watched(
  { authenticate, onFault }: ExportParts,
  credential: string,
  zip: Readable,
  discard: () => Promise<void>,
): Readable {
  const sent = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      notePassed(chunk.length);
      done(null, chunk);
    },
  });
  const watch = every(
    WATCH_MS,
    async () => void (await authenticate(credential)),
    (error) => sent.destroy(error as Error),
  );
  pipeline(zip, sent, () => {
    Promise.all([watch.stop(), discard()]).catch(onFault);
  });
  return sent;
}
