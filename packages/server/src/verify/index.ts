import type { ReadStore } from "../db/index.ts";
import { findRoomByNo } from "../state/index.ts";
import type { BlobStore } from "../blobs/index.ts";
import { countLostMedia, countWrongLoose, countWrongStorage } from "./media.store.ts";
import { countStrayKeys, countStraySeals } from "./sealed.store.ts";
import { verifyBlobs } from "./verify-blobs.ts";
import type { Finding } from "./log-check.ts";
import { countStrayShares } from "./shared.store.ts";
import { verifyRoom } from "./verify-room.ts";
import {
  countLostMarkers,
  countOrphans,
  countRooms,
  countUnmarked,
  countWrongReplies,
  countWrongStandings,
  countWrongThreads,
  listRoomKeys,
} from "./verify.store.ts";

export type { Finding } from "./log-check.ts";

export interface VerifyReport {
  ok: boolean;
  rooms: number;
  events: number;
  /** At most 1,000; `finding_count` says how many there are. */
  findings: Finding[];
  finding_count: number;
}

export interface VerifyProgress {
  rooms: number;
  rooms_total: number;
  events: number;
}

const MOST_FINDINGS = 1000;
const ROOMS_PAGE = 100;

/**
 * Checks the whole store: the file itself, and of every room that its log is whole and its rows equal the fold of
 * it. Reads only; each room is seen at one moment, so it can run beside a working server, in a process of
 * its own: a large room is one long loop. With the blob store, every file is read too and held against its hash.
 */
export async function verify(
  db: ReadStore,
  onProgress: (progress: VerifyProgress) => void = () => {},
  blobs?: BlobStore,
): Promise<VerifyReport> {
  const report: VerifyReport = { ok: true, rooms: 0, events: 0, findings: [], finding_count: 0 };
  const add = (findings: readonly Finding[]) => {
    report.finding_count += findings.length;
    report.findings.push(...findings.slice(0, MOST_FINDINGS - report.findings.length));
  };
  // Each statement by itself: one snapshot over all would hold deleted bytes in the store's log meanwhile (DEL3).
  add(await storeFindings(db));
  const total = await countRooms(db);
  for (let after = { tenant_no: 0, room_no: 0 }; ;) {
    const keys = await listRoomKeys(db, after, ROOMS_PAGE);
    for (const key of keys) {
      const room = await db.snapshot(async (reader) =>
        verifyRoom(reader, (await findRoomByNo(reader, key.tenant_no, key.room_no))!),
      );
      add(room.findings);
      report.rooms++;
      report.events += room.events;
      onProgress({ rooms: report.rooms, rooms_total: total, events: report.events });
    }
    const last = keys.at(-1);
    if (last === undefined) break;
    after = last;
  }
  if (blobs !== undefined) add(await verifyBlobs(db, blobs));
  return { ...report, ok: report.finding_count === 0 };
}

async function storeFindings(reader: ReadStore): Promise<Finding[]> {
  const counts: [number, string][] = [
    [await countOrphans(reader), "rooms have events and no row"],
    [await countLostMarkers(reader), "read markers stand at no event, or count other messages than it"],
    [await countUnmarked(reader), "joined members have no read marker"],
    [await countWrongStandings(reader), "changes of membership are not recorded by person as the log has them"],
    [await countWrongReplies(reader), "replies are not recorded as the log has them"],
    [await countWrongThreads(reader), "threads do not count the replies they have"],
    [await countStrayKeys(reader), "keys are of no room that is incognito"],
    [await countStraySeals(reader), "contents are sealed in rooms that are not incognito"],
    [await countWrongStorage(reader), "tenants do not count the bytes that their files have"],
    [await countLostMedia(reader), "media have no content, or contents no medium"],
    [await countWrongLoose(reader), "media are named and recorded as loose, or the other way round"],
    [await countStrayShares(reader), "records of sharing are of rooms that are not there"],
  ];
  const wrong = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [...(await reader.damage()), ...wrong].map((problem) => ({ roomId: "", position: null, problem }));
}
