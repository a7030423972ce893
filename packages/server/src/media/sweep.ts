import type { BlobStore } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { inPortions } from "../lib/in-portions.ts";
import type { Loop } from "../lib/periodic.ts";
import { everyHeld, type Lease } from "../nodes/index.ts";
import { listTenants } from "../tenants/index.ts";
import { deleteRemoved, listKnownBlobs, listRemoved } from "./blobs.store.ts";
import { freeMedium } from "./free.ts";
import {
  deleteLoose,
  deleteUnsweptMedia,
  findLooseTenant,
  findUnsweptMedia,
  isUnsweptMedia,
  listLooseSince,
} from "./loose.store.ts";
import { listMediaSealedBy } from "./media.store.ts";
import { isNamed } from "./refs.store.ts";

/** Media or files a step; commands that wait for the same sync must not notice. */
const SLICE = 50;

export interface SweepParts {
  db: Db;
  blobs: BlobStore;
  clock: Pick<Clock, "now">;
  /** Milliseconds that a medium is kept that no event names. */
  keepUnusedMs: number;
}

/**
 * Deletes what nothing names and nobody can open any more: media that were long enough without an event, those of closed
 * incognito rooms, and then the files of blobs that lost their rows. Each step is a transaction that looks again: a
 * reference that came meanwhile keeps its medium. Cut off, the next run goes on.
 */
export async function sweepMedia(parts: SweepParts, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true && (await sweepLoose(parts)));
  while (signal?.aborted !== true && (await sweepClosedRoom(parts)));
  await removeFiles(parts, signal);
}

async function sweepLoose({ db, clock, keepUnusedMs }: SweepParts): Promise<boolean> {
  const before = clock.now() - keepUnusedMs;
  const tenantNo = await findLooseTenant(db, before);
  if (tenantNo === undefined) return false;
  return db.write({ tenantNo }, async (tx) => {
    for (const mediaNo of await listLooseSince(tx, tenantNo, before, SLICE)) {
      if (await isNamed(tx, tenantNo, mediaNo)) await deleteLoose(tx, tenantNo, mediaNo);
      else await freeMedium(tx, tenantNo, mediaNo);
    }
    return true;
  });
}

async function sweepClosedRoom({ db }: SweepParts): Promise<boolean> {
  const room = await findUnsweptMedia(db);
  if (room === undefined) return false;
  return db.write({ tenantNo: room.tenantNo }, async (tx) => {
    if (!(await isUnsweptMedia(tx, room))) return true;
    const media = await listMediaSealedBy(tx, room, SLICE);
    for (const mediaNo of media) await freeMedium(tx, room.tenantNo, mediaNo);
    if (media.length < SLICE) await deleteUnsweptMedia(tx, room);
    return true;
  });
}

/** Removes the files of blobs that have no row any more. No blob gets their names again, so this races with nothing. */
export async function removeFiles({ db, blobs }: SweepParts, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true) {
    const names = await listRemoved(db, SLICE);
    if (names.length === 0) return;
    await blobs.remove(names);
    await Promise.all(names.map((name) => db.write({ tenantNo: name.tenantNo }, (tx) => deleteRemoved(tx, name))));
  }
}

/**
 * Removes files that no row knows: left by an upload that a crash cut off between its file and its row. `before` spares
 * those that are under way. As many as a listing gives at once are looked up at once. Answers how many there were.
 */
export async function sweepOrphans(
  { db, blobs }: SweepParts,
  tenantNos: readonly number[],
  before: number,
  signal?: AbortSignal,
): Promise<number> {
  let found = 0;
  for (const tenantNo of tenantNos) {
    for await (const names of inPortions(blobs.listBefore(tenantNo, before), LOOKED_UP)) {
      if (signal?.aborted === true) return found;
      const known = await listKnownBlobs(db, tenantNo, names);
      const orphans = names.filter(({ blobId }) => !known.has(blobId));
      await blobs.remove(orphans);
      found += orphans.length;
    }
  }
  return found;
}

const EVERY_MS = 2000;
/** Names that are looked up in one statement. */
const LOOKED_UP = 256;

/** When files without a row are looked for, which reads a list of all files. */
interface OrphanPace {
  readonly everyMs: number;
  /** An upload that takes longer between its file and its row is none any more. */
  readonly underWayMs: number;
}

const OWN: OrphanPace = { everyMs: 60 * 60 * 1000, underWayMs: 60 * 60 * 1000 };
/** By another clock, and counted from the begin of a large one; a thousand files of a bucket are a request that is paid for. */
const SHARED: OrphanPace = { everyMs: 6 * 60 * 60 * 1000, underWayMs: 24 * 60 * 60 * 1000 };

/**
 * Sweeps every two seconds, and looks for files without a row now and then, until it is stopped. At the start it looks for
 * those of an earlier process, which are nobody's by now; not where others put files too, whose uploads may be under way:
 * there nothing is due sooner because a server has started.
 */
export function startMediaSweep(lease: Lease, others: Omit<SweepParts, "db">, onError: (error: unknown) => void): Loop {
  const parts = { ...others, db: lease.db };
  const sweep = everyHeld(lease, EVERY_MS, (_db, signal) => sweepMedia(parts, signal), onError);
  // By the time that files have: the store's clock may be a test's.
  const startedAt = systemClock.now();
  const { everyMs, underWayMs } = parts.blobs.isShared ? SHARED : OWN;
  const orphansBefore = async (before: number, signal: AbortSignal) => {
    await sweepOrphans(parts, await listTenantNos(parts.db), before, signal);
  };
  const first = new AbortController();
  const firstRun = parts.blobs.isShared ? undefined : orphansBefore(startedAt, first.signal).catch(onError);
  const later = everyHeld(
    lease,
    everyMs,
    (_db, signal) => orphansBefore(systemClock.now() - underWayMs, signal),
    onError,
  );
  return {
    async stop() {
      first.abort();
      await Promise.all([sweep.stop(), later.stop(), firstRun]);
    },
  };
}

async function listTenantNos(db: Db): Promise<number[]> {
  return (await listTenants(db)).map(({ tenantNo }) => tenantNo);
}
