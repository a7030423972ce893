import type { MediaId } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { inLanes } from "../lib/in-lanes.ts";
import { newId } from "../lib/random.ts";
import {
  keepBlob,
  type KeepParts,
  mustFit,
  type NamedFile,
  type Put,
  putAll,
  removeUnrecorded,
  type Sealing,
} from "./keep-file.ts";
import { insertLoose } from "./loose.store.ts";
import { insertMedium } from "./media.store.ts";

/** Each waits for syncs of its own, and for one that others may share. */
const AT_ONCE = 4;

export interface TakeInParts extends KeepParts {
  db: Db;
  clock: Pick<Clock, "now">;
}

/** A medium on record. */
export interface TakenIn {
  readonly mediaId: MediaId;
  readonly mediaNo: number;
}

/**
 * Takes received files in: looks at what each is, puts it and its thumbnail into the blob store, and records them all by
 * `record` in the one transaction that `commit` makes. Content that is there already is stored once. A crash in between
 * leaves files without a row, which are swept. `SW_TENANT_CAPACITY` beyond the tenant's storage.
 */
export async function takeIn<T>(
  parts: TakeInParts,
  actor: Actor,
  sealing: Sealing,
  files: readonly NamedFile[],
  commit: (record: (tx: Tx) => Promise<TakenIn[]>) => Promise<T>,
): Promise<T> {
  const { tenantNo } = actor.tenant;
  const bringer = { tenantNo, who: `${tenantNo} ${actor.participantNo}` };
  const puts: Put[][] = files.map(() => []);
  let isRecording = false;
  try {
    await inLanes(files.entries(), AT_ONCE, ([i, file]) => putAll(parts, bringer, sealing, file, puts[i]!));
    isRecording = true;
    return await commit(async (tx) => {
      await mustFit(tx, actor.tenant, puts.flat());
      const taken: TakenIn[] = [];
      for (const ofOne of puts) taken.push(await recordAll(tx, actor, sealing, ofOne));
      return taken;
    });
  } catch (error) {
    await removeUnrecorded(parts.blobs, puts.flat(), { isRecording, error });
    throw error;
  }
}

/** Records a file, and its thumbnail; nothing names it yet. */
async function recordAll(tx: Tx, actor: Actor, sealing: Sealing, puts: readonly Put[]): Promise<TakenIn> {
  const [whole, thumbnail] = puts as [Put, Put | undefined];
  const mediaId = newId<MediaId>("media");
  const mediaNo = await record(tx, actor, sealing, whole, { mediaId, thumbnailOf: null });
  await insertLoose(tx, actor.tenant.tenantNo, mediaNo);
  if (thumbnail !== undefined) {
    await record(tx, actor, sealing, thumbnail, { mediaId: newId<MediaId>("media"), thumbnailOf: mediaNo });
  }
  return { mediaId, mediaNo };
}

async function record(
  tx: Tx,
  actor: Actor,
  { roomNo, key }: Sealing,
  put: Put,
  { mediaId, thumbnailOf }: { mediaId: MediaId; thumbnailOf: number | null },
): Promise<number> {
  const { tenantNo } = actor.tenant;
  const blobNo = await keepBlob(tx, put);
  const uploaderNo = actor.participantNo;
  return insertMedium(tx, { tenantNo, mediaId, blobNo, roomNo, key, said: put.said, uploaderNo, thumbnailOf });
}
