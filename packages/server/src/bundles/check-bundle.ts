import { open } from "node:fs/promises";
import {
  BundleFault,
  type BundleLimits,
  type BundleMember,
  type BundlePerson,
  type Checked,
  MANIFEST,
} from "@stairwell/protocol/bundle";
import { type Scratch, Staging, type Written } from "../blobs/index.ts";
import { storageFull } from "../tenants/index.ts";
import { Authors } from "./import-report.ts";
import { importedEvent } from "./imported-event.ts";
import { ImportedIds } from "./imported-ids.ts";
import { shownPerson } from "./imported-person.ts";
import { refuseIncognito } from "./imported-room.ts";
import { inspectBundle, type Inspected } from "./inspect.ts";
import type { KnownKey } from "./signature.ts";
import { StagedEvents } from "./staged-events.ts";
import { Archive, type OnGiven } from "./zip/archive.ts";

/** What is checked, and all that is needed for it: nothing that another process could not be given. */
export interface ToCheck {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly limits: BundleLimits;
  /** Unix milliseconds, of the import. */
  readonly now: number;
  /** Bytes that the tenant stores, and may; null where it may any. */
  readonly storage: { readonly used: number; readonly most: number } | null;
  /** A folder of the staging where events and media are put aside as they are found right; undefined: none is. */
  readonly folder: string | undefined;
}

/** What was found, once all of a bundle was right. */
export interface Found {
  readonly bundle: Inspected;
  /** So many people sent what it has. */
  readonly authors: number;
  /** The two of a direct room. */
  readonly sides: readonly BundlePerson[];
  /** Its events, as they are to stand here, for `stagedBatches`; its media are in the folder, each by its SHA-256. */
  readonly events: Written | undefined;
}

/**
 * Checks all of a bundle, and puts aside what an import makes of it, in the memory of a few events. `BundleFault`,
 * `SW_ROOM_IMPORT_REFUSED`, `SW_TENANT_CAPACITY`, `SW_STORE_FULL`. What it fails with leaves in the folder what was put aside.
 */
export async function checkBundle(toCheck: ToCheck, knownKey: KnownKey, onGiven: OnGiven = () => {}): Promise<Found> {
  const { path, size, limits, folder } = toCheck;
  const file = await open(path);
  let scratch: Scratch | undefined;
  try {
    const staging = folder === undefined ? undefined : Staging.at(folder);
    scratch = await staging?.scratch();
    return await check(toCheck, await Archive.open(file, size, limits, onGiven), knownKey, staging, scratch);
  } finally {
    await scratch?.close();
    await file.close();
  }
}

async function check(
  { limits, now, storage }: ToCheck,
  archive: Archive,
  knownKey: KnownKey,
  staging: Staging | undefined,
  scratch: Scratch | undefined,
): Promise<Found> {
  const people = new Map<string, BundlePerson>();
  const members: BundleMember[] = [];
  const authors = new Authors();
  const ids = new ImportedIds(now);
  let mediaBytes = 0;
  const staged = scratch && new StagedEvents(scratch);
  const look = (checked: Checked): void | Promise<void> => {
    authors.look(checked);
    if (checked.key === "room") refuseIncognito(checked.value);
    if (checked.key === "people") people.set(checked.value.fqid, shownPerson(checked.value));
    if (checked.key === "media") mediaBytes += checked.value.size;
    // Before any of them is unpacked: what the tenant has no room for is not to lie on the disk either.
    if (checked.key === "counts") mustFit(storage, mediaBytes);
    // Only a direct room's are looked at, which are two.
    if (checked.key === "members" && members.length < 2) members.push(checked.value);
    if (checked.key === "events") {
      const draft = importedEvent(checked.value, people, ids);
      return staged?.add(draft);
    }
  };
  const bundle = await inspectBundle(archive, limits, knownKey, look, staging);
  if (ids.hadTwice()) throw new BundleFault(MANIFEST, "has two events of one id", { pointer: "/events" });
  const sides = members.map(({ fqid }) => people.get(fqid)!);
  return { bundle, authors: authors.count, sides, events: await staged?.end() };
}

/** Counts every medium of the bundle, those that are there already too. */
function mustFit(storage: ToCheck["storage"], mediaBytes: number): void {
  if (storage === null || mediaBytes === 0 || storage.used + mediaBytes <= storage.most) return;
  throw storageFull(storage.most);
}
