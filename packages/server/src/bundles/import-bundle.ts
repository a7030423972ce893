import type { RoomId } from "@stairwell/protocol";
import type { BundleLimits } from "@stairwell/protocol/bundle";
import type { Actor } from "../auth/index.ts";
import type { Staged, Staging } from "../blobs/index.ts";
import { inPortions } from "../lib/in-portions.ts";
import { bringMedia, storageOf, type TakeInParts } from "../media/index.ts";
import { findByNo } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { requireRole } from "../workspaces/index.ts";
import { checkAside } from "./check-apart.ts";
import type { Found } from "./check-bundle.ts";
import type { OnImportProgress } from "./import-progress.ts";
import { type ImportReport, reportOf } from "./import-report.ts";
import { importedRoom } from "./imported-room.ts";
import type { Inspected } from "./inspect.ts";
import { knownKeys } from "./known-keys.ts";
import { RoomWriter, type RoomWriterParts } from "./room-writer.ts";
import { stagedBatches } from "./staged-events.ts";

/** Media that are recorded in one transaction. */
const MEDIA_TOGETHER = 16;

export interface ImportParts extends RoomWriterParts, TakeInParts {
  limits: BundleLimits;
}

export interface ImportInput {
  readonly file: Staged;
  /** Undefined: the importer's personal one. */
  readonly workspaceId: string | undefined;
  /** Checks everything, and makes no room (BU17). */
  readonly dryRun: boolean;
  readonly onProgress: OnImportProgress;
}

export type Imported = Answer<{ room_id: RoomId | null; report: ImportReport }>;

/**
 * Makes a room of a bundle (BU10 to BU18). The steps, each only when the one before is through:
 *
 * 1. Headers of the ZIP, the whole manifest, the signature, every medium: in the memory of a few events, and of what is
 *    large in a process of its own. As events and media are found right they are put aside, events as they are to stand here.
 * 2. Whether the importer may make a room there. Whether its media fit was found before any of them was unpacked.
 * 3. Media and events, slice by slice, while nobody sees the room; then the last slice makes it one.
 *
 * Whatever fails leaves nothing. `BundleFault`, `SW_ROOM_IMPORT_REFUSED`, `SW_WORKSPACE_…`, `SW_TENANT_CAPACITY`.
 */
export async function importBundle(
  parts: ImportParts,
  actor: Actor,
  receipt: Receipt | undefined,
  { file, workspaceId, dryRun, onProgress }: ImportInput,
): Promise<Imported> {
  const aside = dryRun ? undefined : await parts.staging.within();
  try {
    const found = await check(parts, actor, file, aside, onProgress);
    const room = importedRoom(found.bundle.head.room, found.sides);
    const target = await workspaceFor(parts, actor, workspaceId);
    const report = reportOf(found.bundle, found.authors);
    if (aside === undefined) {
      return await perform(parts.db, actor.tenant, receipt, async () => ({
        status: 200,
        ref: { room_id: null, report },
      }));
    }
    const writer = new RoomWriter(parts, actor, { room, workspaceId: target, origin: originOf(found.bundle) });
    try {
      await takeMedia(parts, actor, aside, found.bundle, writer, onProgress);
      await takeEvents(found, writer, onProgress);
      return await writer.end(receipt, (roomId) => ({ status: 201, ref: { room_id: roomId, report } }));
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  } finally {
    await aside?.remove();
  }
}

async function check(
  { db, limits, clock }: ImportParts,
  { tenant }: Actor,
  { path, size }: Staged,
  aside: Staging | undefined,
  onProgress: OnImportProgress,
): Promise<Found> {
  const most = tenant.limits.max_storage_bytes;
  const storage = most === null ? null : { used: await storageOf(db, tenant.tenantNo), most };
  const toCheck = { path, size, limits, now: clock.now(), storage, folder: aside?.folder };
  return checkAside(toCheck, knownKeys(db, tenant), (done, total) => onProgress({ step: "checking", done, total }));
}

async function workspaceFor({ db }: ImportParts, actor: Actor, named: string | undefined): Promise<string> {
  const { tenantNo } = actor.tenant;
  const { participantNo } = actor;
  const workspaceId = named ?? (await findByNo(db, tenantNo, participantNo))!.personalWorkspaceId!;
  await requireRole(db, { tenantNo, participantNo }, workspaceId, "editor");
  return workspaceId;
}

function originOf({ head, signature }: Inspected) {
  const { room, server_name, exported_by, exported_at } = head;
  return {
    room_id: room.id,
    server_name,
    head: room.head,
    head_hash: room.head_hash,
    exported_by,
    exported_at,
    signature,
  };
}

async function takeMedia(
  parts: ImportParts,
  actor: Actor,
  aside: Staging,
  { media, counts }: Inspected,
  writer: RoomWriter,
  onProgress: OnImportProgress,
): Promise<void> {
  if (media.size === 0) return;
  await writer.begin();
  let done = 0;
  for await (const group of inPortions(media.values(), MEDIA_TOGETHER)) {
    const files = group.map((medium) => ({ ...aside.find(medium.sha256, medium), name: medium.names[0] ?? null }));
    const taken = await bringMedia(parts, actor, files, (tx, { mediaId }) => writer.keepMedium(tx, mediaId));
    for (const [i, { mediaNo }] of taken.entries()) writer.addMedium(group[i]!.sha256, mediaNo);
    done += group.reduce((sum, { size }) => sum + size, 0);
    onProgress({ step: "writing_files", done, total: counts.media_bytes });
  }
}

async function takeEvents(
  { bundle: { counts }, events }: Found,
  writer: RoomWriter,
  onProgress: OnImportProgress,
): Promise<void> {
  let done = 0;
  for await (const drafts of stagedBatches(events!)) {
    await writer.take(drafts);
    done += drafts.length;
    onProgress({ step: "writing_events", done, total: counts.events });
  }
}
