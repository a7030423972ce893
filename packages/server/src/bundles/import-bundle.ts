import { open } from "node:fs/promises";
import type { RoomId } from "@stairwell/protocol";
import {
  BundleFault,
  type BundleMember,
  type BundlePerson,
  type Checked,
  MANIFEST,
  mediaEntry,
  type BundleLimits,
} from "@stairwell/protocol/bundle";
import type { Actor } from "../auth/index.ts";
import type { Staged } from "../blobs/index.ts";
import type { Tx } from "../db/index.ts";
import { inLanes } from "../lib/in-lanes.ts";
import { findMedium, storageFull, storageOf, upload, type UploadParts } from "../media/index.ts";
import { findByNo } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { findPublicKey } from "../tenants/index.ts";
import { requireRole } from "../workspaces/index.ts";
import { Authors, type ImportReport, reportOf } from "./import-report.ts";
import { importedEvent } from "./imported-event.ts";
import { ImportedIds } from "./imported-ids.ts";
import { importedRoom, refuseIncognito } from "./imported-room.ts";
import { inspectBundle, type Inspected } from "./inspect.ts";
import { readManifest } from "./read-manifest.ts";
import { RoomWriter, type RoomWriterParts } from "./room-writer.ts";
import { Archive } from "./zip/archive.ts";

/** Each waits for syncs of its own, and for one that others may share. */
const MEDIA_AT_ONCE = 4;

export interface ImportParts extends RoomWriterParts, UploadParts {
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
 * 1. Headers of the ZIP, the whole manifest, the signature, every medium: in the memory of a few events.
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
  try {
    const archive = await Archive.open(handle, file.size, parts.limits);
    const found = await inspect(parts, actor, archive);
    const room = importedRoom(found.bundle.head.room, found.sides);
    const target = await workspaceFor(parts, actor, workspaceId);
    await mustFit(parts, actor, found.bundle);
    const { report } = found;
    if (dryRun) {
      return await perform(parts.db, actor.tenant, receipt, async () => ({
        status: 200,
        ref: { room_id: null, report },
      }));
    }
    const writer = new RoomWriter(parts, actor, { room, workspaceId: target, origin: originOf(found.bundle) });
    try {
      archive.rewind();
      await takeMedia(parts, actor, archive, found.bundle, writer);
      await takeEvents(parts, archive, found.people, writer);
      return await writer.end(receipt, (roomId) => ({ status: 201, ref: { room_id: roomId, report } }));
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  } finally {
    await handle.close();
  }
}

interface Found {
  readonly bundle: Inspected;
  readonly report: ImportReport;
  readonly people: ReadonlyMap<string, BundlePerson>;
  /** The two of a direct room. */
  readonly sides: readonly BundlePerson[];
}

async function inspect({ db, limits, clock }: ImportParts, actor: Actor, archive: Archive): Promise<Found> {
  const { tenantNo, serverName } = actor.tenant;
  const people = new Map<string, BundlePerson>();
  const members: BundleMember[] = [];
  const authors = new Authors();
  const ids = new ImportedIds(clock.now());
  const look = (checked: Checked): void => {
    authors.look(checked);
    if (checked.key === "room") refuseIncognito(checked.value);
    if (checked.key === "people") people.set(checked.value.fqid, checked.value);
    // Only a direct room's are looked at, which are two.
    if (checked.key === "members" && members.length < 2) members.push(checked.value);
    if (checked.key === "events") ids.note(checked.value.envelope.id);
  };
  const ownKey = async (server: string, keyId: string): Promise<string | undefined> =>
    server === serverName ? findPublicKey(db, tenantNo, keyId) : undefined;
  const bundle = await inspectBundle(archive, limits, ownKey, look);
  if (ids.hadTwice()) throw new BundleFault(MANIFEST, "has two events of one id", { pointer: "/events" });
  const sides = members.map(({ fqid }) => people.get(fqid)!);
  return { bundle, report: reportOf(bundle, authors.count), people, sides };
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
  const { tenantNo } = actor.tenant;
  const recording: Receipt = {
    keep: (tx: Tx, _status, reference) =>
      writer.keepMedium(tx, (JSON.parse(reference) as { media_id: string }).media_id),
    seal: (text) => text,
    unseal: (text) => text,
  };
  await inLanes(media.values(), MEDIA_AT_ONCE, async ({ sha256, size, names }) => {
    const staged = await parts.staging.receive(archive.read(mediaEntry(sha256)), size);
    try {
      const name = names[0] ?? null;
      const { ref } = await upload(parts, actor, recording, { file: { ...staged, name }, roomId: undefined });
      await writer.addMedium(sha256, (await findMedium(parts.db, tenantNo, ref.media_id))!.mediaNo);
    } finally {
      await staged.discard();
    }
  });
}

async function takeEvents(
  { limits, clock }: ImportParts,
  archive: Archive,
  people: ReadonlyMap<string, BundlePerson>,
  writer: RoomWriter,
): Promise<void> {
  const ids = new ImportedIds(clock.now());
  await readManifest(archive, limits, (checked) =>
    checked.key === "events" ? writer.take(importedEvent(checked.value, people, ids)) : undefined,
  );
}
