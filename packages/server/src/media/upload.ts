import { mayBringMedia } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findRoomKey } from "../events/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { allowed, findFacts } from "../state/index.ts";
import type { NamedFile, Sealing } from "./keep-file.ts";
import { takeIn, type TakeInParts } from "./take-in.ts";

export interface UploadInput {
  readonly file: NamedFile;
  /** The room it is for, if its uploader says so. */
  readonly roomId: string | undefined;
}

const UNSEALED: Sealing = { roomNo: 0, key: null };

/**
 * Takes a received file in. `SW_ROOM_…` as a send into the room would be refused; `SW_TENANT_CAPACITY` beyond the
 * tenant's storage.
 */
export async function upload(
  parts: TakeInParts,
  actor: Actor,
  receipt: Receipt | undefined,
  { file, roomId }: UploadInput,
): Promise<Answer<{ media_id: string }>> {
  const sealing = await sealingOf(parts.db, actor, parts.clock.now(), roomId);
  return takeIn(parts, actor, sealing, [file], (record) =>
    perform(parts.db, actor.tenant, receipt, async (tx) => {
      // The room may have been closed, and its key with it, since it was looked at.
      await sealingOf(tx, actor, tx.now, roomId);
      const [taken] = await record(tx);
      return { status: 201 as const, ref: { media_id: taken!.mediaId } };
    }),
  );
}

async function sealingOf(reader: Reader, actor: Actor, now: number, roomId: string | undefined): Promise<Sealing> {
  if (roomId === undefined) return UNSEALED;
  const { facts, stored } = await findFacts(reader, actor, now, roomId);
  allowed(mayBringMedia(facts));
  if (stored!.room.scopeKind !== "incognito") return UNSEALED;
  return { roomNo: stored!.roomNo, key: await findRoomKey(reader, stored!) };
}
