import type { Comparison } from "./check/comparison.ts";
import type { UnreadCheck } from "./check/unread.ts";
import type { Counts } from "./plan/counts.ts";

/** What came of a replay. */
export interface Report extends Counts {
  /** `stopped`: the room has a beginning of the conversation, and nothing else. */
  outcome: "equal" | "different" | "stopped";
  tenant: { slug: string; limits: "none" };
  room: { id: string; name: string };
  /** Lines of the file; done in all; and done before this run. */
  lines: number;
  lines_done: number;
  lines_before: number;
  people: number;
  /** Replies to a line for which no event can stand: a leave of somebody who never was there. */
  replies_without_event: number[];
  seconds: { sign_in: number; play: number; check: number };
  /** Lines a second of this run's play. */
  rate: number;
  /** As read back; null where the play did not come to its end. */
  events_in_room: number | null;
  head_hash: string | null;
  /** What the people in the room have unread, all compared; null likewise. */
  unread: UnreadCheck | null;
  differences: { count: number; first: readonly string[] };
}

/** What a comparison adds to a report. */
export function findingsOf(log: Comparison): Pick<Report, "events_in_room" | "head_hash" | "differences"> {
  const { count, told } = log.differences;
  return { events_in_room: log.read, head_hash: log.headHash, differences: { count, first: told } };
}
