import { lookAtPostgres, openReader } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { sentenceOf } from "../lib/sentence-of.ts";
import { hasTenants } from "../tenants/index.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** Between servers clocks may be a minute apart: four of ours that differ so are still within it. */
const APART_MS = 15_000;

/**
 * Whether the database of rows can be used, and is of this program's version; and how far its clock is from this machine's,
 * with which those of other servers are compared so.
 */
export async function checkDatabase(url: string, folder: string, clock: Clock): Promise<Check[]> {
  try {
    const before = clock.now();
    const { serverVersion, version, newest, pending, at, isBeingMoved } = await lookAtPostgres(url);
    const apart = at < before ? before - at : Math.max(0, at - clock.now());
    const clocks =
      apart <= APART_MS
        ? ok("clocks", "this machine's and the database's are the same")
        : warning(
            "clocks",
            `${Math.round(apart / 1000)} seconds between this machine's and the database's`,
            "Set both by NTP (timedatectl set-ntp true): links, bans and mutes end by the servers' clocks.",
          );
    const found = `PostgreSQL ${serverVersion}, schema version ${version}`;
    if (isBeingMoved) {
      return [
        failed("store", `${found}, half moved`, "Run 'stairwell migrate-store' again until it has ended."),
        clocks,
      ];
    }
    if (version > newest) {
      return [failed("store", found, `This program knows ${newest}: run the newer one that wrote it.`), clocks];
    }
    if (version === 0) return [ok("store", `PostgreSQL ${serverVersion}, empty; filled at the first start`), clocks];
    if (pending.length > 0) {
      const advice = "The next start migrates it, and so does 'stairwell migrate'; make a backup first.";
      return [warning("store", `${found} of ${newest}`, advice), clocks];
    }
    return [(await isInUse(url, folder)) ? ok("store", found) : withoutTenant(found), clocks];
  } catch (error) {
    const advice =
      "Look at store.url, whether this machine reaches it, and what docs/operating/scale.md asks of the server.";
    return [failed("store", `the database cannot be used: ${sentenceOf(error)}`, advice)];
  }
}

async function isInUse(url: string, folder: string): Promise<boolean> {
  const reader = await openReader({ folder, url });
  try {
    return await hasTenants(reader);
  } finally {
    await reader.close();
  }
}

function withoutTenant(found: string): Check {
  return warning("store", `${found}, without a tenant`, "Make one with 'stairwell tenant create'.");
}
