import { statSync } from "node:fs";
import { isOlder, OLDEST_SQLITE, sqliteVersion, storeFileOf } from "../db/index.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const OLDEST_NODE = 24;
/** No store is older than this program: a clock before then is wrong. */
const FIRST_DAY = Date.UTC(2026, 0, 1);
/** File systems round, and clocks are set by steps of some seconds. */
const SLACK_MS = 60_000;

export function checkNode(version: string): Check {
  const isNew = Number(version.replace(/^v/, "").split(".")[0]) >= OLDEST_NODE;
  if (isNew) return ok("node", version);
  return failed("node", version, `Stairwell needs Node ${OLDEST_NODE} or newer: 'npm ci' in its folder brings one.`);
}

export function checkSqlite(): Check {
  const version = sqliteVersion();
  if (!isOlder(version)) return ok("sqlite", version);
  return failed("sqlite", version, `At least ${OLDEST_SQLITE.join(".")} is needed: take a newer Node.`);
}

/** By the store's file, which nobody can have written in the future. */
export function checkClock(folder: string, now: number): Check {
  const found = new Date(now).toISOString();
  const advice =
    "Set the clock by NTP (timedatectl set-ntp true) before the server starts: bans, mutes and tokens end by it.";
  if (now < FIRST_DAY) return failed("clock", found, advice);
  const ahead = writtenAt(folder) - now;
  if (ahead <= SLACK_MS) return ok("clock", found);
  return warning("clock", `${found}, ${Math.round(ahead / 1000)} seconds before the store was last written`, advice);
}

function writtenAt(folder: string): number {
  try {
    return statSync(storeFileOf(folder)).mtimeMs;
  } catch {
    return -Infinity;
  }
}
