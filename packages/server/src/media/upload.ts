import { type MediaId, StairwellError } from "@stairwell/protocol";
import { mayBringMedia } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Staged } from "../blobs/index.ts";
import type { Db, Reader, Tx } from "../db/index.ts";
import { findRoomKey } from "../events/index.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/random.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { allowed, findFacts } from "../state/index.ts";
import { keepBlob, type KeepParts, mustFit, type Put, putAll, type Sealing } from "./keep-file.ts";
import { insertLoose } from "./loose.store.ts";
import { insertMedium } from "./media.store.ts";

export interface UploadParts extends KeepParts {
  db: Db;
  clock: Pick<Clock, "now">;
}

export interface UploadInput {
  readonly file: Staged & { readonly name: string | null };
  /** The room it is for, if its uploader says so. */
  readonly roomId: string | undefined;
}

/**
 * Takes a received file in: looks at what it is, puts it and its thumbnail into the blob store, and records them in one
 * transaction. Content that is there already is stored once. A crash in between leaves files without a row, which are
 * swept. `SW_ROOM_…` as a send into the room would be refused; `SW_TENANT_CAPACITY` beyond the tenant's storage.
 */
export async function upload(
  parts: UploadParts,
  actor: Actor,
  receipt: Receipt | undefined,
  { file, roomId }: UploadInput,
): Promise<Answer<{ media_id: string }>> {
  const { db, blobs, clock } = parts;
  const { tenantNo } = actor.tenant;
  const sealing = await sealingOf(db, actor, clock.now(), roomId);
  const puts: Put[] = [];
  let isRecording = false;
  try {
    await putAll(parts, tenantNo, sealing, file, puts);
    isRecording = true;
    return await perform(db, actor.tenant, receipt, async (tx) => {
      // The room may have been closed, and its key with it, since it was looked at.
      await sealingOf(tx, actor, tx.now, roomId);
      await mustFit(tx, actor.tenant, puts);
      const [whole, thumbnail] = puts as [Put, Put | undefined];
      const mediaId = newId<MediaId>("media");
      const mediaNo = await record(tx, actor, sealing, whole, { mediaId, thumbnailOf: null });
      await insertLoose(tx, tenantNo, mediaNo);
      if (thumbnail !== undefined) {
        await record(tx, actor, sealing, thumbnail, { mediaId: newId<MediaId>("media"), thumbnailOf: mediaNo });
      }
      return { status: 201 as const, ref: { media_id: mediaId } };
    });
  } catch (error) {
    // After a failure of the store it is not known whether the rows are there: then the sweep finds out.
    const isOffRecord = !isRecording || (error instanceof StairwellError && error.status < 500);
    // What cannot be removed now is found by the sweep too.
    if (isOffRecord) await blobs.remove(puts.map(({ blob }) => blob.name)).catch(() => {});
    throw error;
  }
}

async function sealingOf(reader: Reader, actor: Actor, now: number, roomId: string | undefined): Promise<Sealing> {
  if (roomId === undefined) return { roomNo: 0, key: null };
  const { facts, stored } = await findFacts(reader, actor, now, roomId);
  allowed(mayBringMedia(facts));
  if (stored!.room.scopeKind !== "incognito") return { roomNo: 0, key: null };
  return { roomNo: stored!.roomNo, key: await findRoomKey(reader, stored!) };
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
  const { said } = put;
  const uploaderNo = actor.participantNo;
  return insertMedium(tx, { tenantNo, mediaId, blobNo, roomNo, key, said, uploaderNo, thumbnailOf });
}
