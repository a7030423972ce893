import { open } from "node:fs/promises";
import type { RoomId } from "@stairwell/protocol";
import {
  BundleFault,
  type BundleMedium,
  type BundleMember,
  type BundlePerson,
  type Checked,
  MANIFEST,
  mediaEntry,
  type BundleLimits,
} from "@stairwell/protocol/bundle";
import type { Actor } from "../auth/index.ts";
import type { Scratch, Staged } from "../blobs/index.ts";
import { inLanes } from "../lib/in-lanes.ts";
import { bringMedia, type NamedFile, storageFull, storageOf, type TakeInParts } from "../media/index.ts";
import { findByNo } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { requireRole } from "../workspaces/index.ts";
import { Authors, type ImportReport, reportOf } from "./import-report.ts";
import { importedEvent } from "./imported-event.ts";
import { ImportedIds } from "./imported-ids.ts";
import { importedRoom, refuseIncognito } from "./imported-room.ts";
import { knownKeys } from "./known-keys.ts";
import { inspectBundle, type Inspected, SMALL_BYTES } from "./inspect.ts";
import { RoomWriter, type RoomWriterParts } from "./room-writer.ts";
import { StagedEvents } from "./staged-events.ts";
import { Archive } from "./zip/archive.ts";

/** Each waits for syncs of its own, and for one that others may share. */
const MEDIA_AT_ONCE = 4;
/** Media that are recorded in one transaction, unless they have more bytes than that before. */
const MEDIA_TOGETHER = 16;
const BYTES_TOGETHER = 4 * SMALL_BYTES;

export interface ImportParts extends RoomWriterParts, TakeInParts {
  limits: BundleLimits;
}

export interface ImportInput {
  readonly file: Staged;
  /** Undefined: the importer's personal one. */
  readonly workspaceId: string | undefined;
  /** Checks everything, and makes no room (BU17). */
  readonly dryRun: boolean;
}

export type Imported = Answer<{ room_id: RoomId | null; report: ImportReport }>;

/**
 * Makes a room of a bundle (BU10 to BU18). The steps, each only when the one before is through:
 *
 * 1. Headers of the ZIP, the whole manifest, the signature, every medium: in the memory of a few events. As events are
 *    found right they are put aside, as they are to stand here.
 * 2. Whether the importer may make a room there, and whether its media fit.
 * 3. Media and events, slice by slice, while nobody sees the room; then the last slice makes it one.
 *
 * Whatever fails leaves nothing. `BundleFault`, `SW_ROOM_IMPORT_REFUSED`, `SW_WORKSPACE_…`, `SW_TENANT_CAPACITY`.
 */
export async function importBundle(
  parts: ImportParts,
  actor: Actor,
  receipt: Receipt | undefined,
  { file, workspaceId, dryRun }: ImportInput,
): Promise<Imported> {
  // One open file from the first check to the last byte used.
  const handle = await open(file.path);
  let scratch: Scratch | undefined;
  try {
    scratch = dryRun ? undefined : await parts.staging.scratch();
    const archive = await Archive.open(handle, file.size, parts.limits);
    const staged = scratch && new StagedEvents(scratch);
    const found = await inspect(parts, actor, archive, staged);
    const room = importedRoom(found.bundle.head.room, found.sides);
    const target = await workspaceFor(parts, actor, workspaceId);
    await mustFit(parts, actor, found.bundle);
    const { report } = found;
    if (staged === undefined) {
      return await perform(parts.db, actor.tenant, receipt, async () => ({
        status: 200,
        ref: { room_id: null, report },
      }));
    }
    const writer = new RoomWriter(parts, actor, { room, workspaceId: target, origin: originOf(found.bundle) });
    try {
      archive.rewind();
      await takeMedia(parts, actor, archive, found.bundle, writer);
      for await (const drafts of staged.batches()) await writer.take(drafts);
      return await writer.end(receipt, (roomId) => ({ status: 201, ref: { room_id: roomId, report } }));
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  } finally {
    await scratch?.close();
    await handle.close();
  }
}

interface Found {
  readonly bundle: Inspected;
  readonly report: ImportReport;
  /** The two of a direct room. */
  readonly sides: readonly BundlePerson[];
}

async function inspect(
  { db, limits, clock }: ImportParts,
  actor: Actor,
  archive: Archive,
  staged: StagedEvents | undefined,
): Promise<Found> {
  const people = new Map<string, BundlePerson>();
  const members: BundleMember[] = [];
  const authors = new Authors();
  const ids = new ImportedIds(clock.now());
  const look = (checked: Checked): void | Promise<void> => {
    authors.look(checked);
    if (checked.key === "room") refuseIncognito(checked.value);
    if (checked.key === "people") people.set(checked.value.fqid, checked.value);
    // Only a direct room's are looked at, which are two.
    if (checked.key === "members" && members.length < 2) members.push(checked.value);
    if (checked.key === "events") {
      const draft = importedEvent(checked.value, people, ids);
      return staged?.add(draft);
    }
  };
  const bundle = await inspectBundle(archive, limits, knownKeys(db, actor.tenant), look);
  if (ids.hadTwice()) throw new BundleFault(MANIFEST, "has two events of one id", { pointer: "/events" });
  const sides = members.map(({ fqid }) => people.get(fqid)!);
  return { bundle, report: reportOf(bundle, authors.count), sides };
}

async function workspaceFor({ db }: ImportParts, actor: Actor, named: string | undefined): Promise<string> {
  const { tenantNo } = actor.tenant;
  const { participantNo } = actor;
  const workspaceId = named ?? (await findByNo(db, tenantNo, participantNo))!.personalWorkspaceId!;
  await requireRole(db, { tenantNo, participantNo }, workspaceId, "editor");
  return workspaceId;
}

/** Counts every medium of the bundle, those that are there already too. */
async function mustFit({ db }: ImportParts, { tenant }: Actor, { counts }: Inspected): Promise<void> {
  const most = tenant.limits.max_storage_bytes;
  if (most === null || counts.media === 0) return;
  if ((await storageOf(db, tenant.tenantNo)) + counts.media_bytes > most) throw storageFull(most);
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
  archive: Archive,
  { media }: Inspected,
  writer: RoomWriter,
): Promise<void> {
  if (media.size === 0) return;
  await writer.begin();
  for (const group of together(media.values())) {
    const files: NamedFile[] = [];
    try {
      await inLanes(group.entries(), MEDIA_AT_ONCE, async ([i, medium]) => {
        files[i] = { ...(await stage(parts, archive, medium)), name: medium.names[0] ?? null };
      });
      const taken = await bringMedia(parts, actor, files, (tx, { mediaId }) => writer.keepMedium(tx, mediaId));
      for (const [i, { mediaNo }] of taken.entries()) await writer.addMedium(group[i]!.sha256, mediaNo);
    } finally {
      // Those that came to be where one did not.
      for (const file of files.filter((one) => one !== undefined)) await file.discard();
    }
  }
}

async function stage({ staging }: ImportParts, archive: Archive, { sha256, size }: BundleMedium): Promise<Staged> {
  const name = mediaEntry(sha256);
  const staged =
    size <= SMALL_BYTES
      ? await staging.keep(await archive.readWhole(name))
      : await staging.receive(archive.read(name), size);
  if (staged.sha256 === sha256) return staged;
  await staged.discard();
  throw new Error(`a bundle changed while it was imported: ${name}`);
}

/** Media some at a time, large ones fewer. */
function* together(media: Iterable<BundleMedium>): Generator<BundleMedium[], void, undefined> {
  let [group, bytes]: [BundleMedium[], number] = [[], 0];
  for (const medium of media) {
    if (group.length === MEDIA_TOGETHER || (group.length > 0 && bytes + medium.size > BYTES_TOGETHER)) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(medium);
    bytes += medium.size;
  }
  if (group.length > 0) yield group;
}
