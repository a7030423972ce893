import { StairwellError } from "@stairwell/protocol";
import type { RoomRef } from "../../events/index.ts";

/** Fetches under way; whoever else misses something of the same room waits for it, and then for what it left out. */
export type Gaps = Map<string, Promise<void>>;

/** Rooms of which something is fetched at a time: of one server, and of all. Each may hold a page in memory. */
const MOST_OF_ONE = 4;
const MOST_OF_ALL = 64;

/** Fetches what is missing of a room once at a time. `SW_UNAVAILABLE` while too many others are fetched; else as `fetch`. */
export function inTurn(
  gaps: Gaps,
  serverName: string,
  at: Pick<RoomRef, "tenantNo" | "roomNo">,
  fetch: () => Promise<void>,
): Promise<void> {
  const key = `${serverName} ${at.tenantNo} ${at.roomNo}`;
  const before = gaps.get(key);
  const { size } = gaps;
  const ofThis = size < MOST_OF_ONE ? 0 : [...gaps.keys()].filter(isOf(serverName)).length;
  if (before === undefined && (size >= MOST_OF_ALL || ofThis >= MOST_OF_ONE)) {
    return Promise.reject(new StairwellError("SW_UNAVAILABLE", { message: "Much is missing of other rooms first." }));
  }
  // What is fetched now may end before what is missed here: the log has gone on meanwhile.
  const fetching = Promise.resolve(before)
    .then(fetch)
    .finally(() => {
      if (gaps.get(key) === fetching) gaps.delete(key);
    });
  gaps.set(key, fetching);
  return fetching;
}

function isOf(serverName: string): (key: string) => boolean {
  return (key) => key.startsWith(`${serverName} `);
}
