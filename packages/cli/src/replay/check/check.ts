import type { Counts } from "../plan/counts.ts";
import type { Plan } from "../plan/plan.ts";
import type { OnProgress } from "../progress.ts";
import type { Entered } from "../server/enter.ts";
import type { Comparison } from "./comparison.ts";
import { compareMembers, compareRoom } from "./members.ts";
import { readLog } from "./read-log.ts";
import { compareTally } from "./tally.ts";
import { compareUnread, type UnreadCheck } from "./unread.ts";

/** Compares everything the server says of the room with what the conversation makes it. */
export async function check(
  plan: Plan,
  counts: Counts,
  entered: Entered,
  onProgress: OnProgress,
): Promise<{ log: Comparison; unread: UnreadCheck }> {
  const log = await readLog(plan, entered, { whole: true }, onProgress);
  const { differences } = log;
  log.end();
  compareTally(differences, log.tally, counts);
  await compareRoom(differences, plan, entered, { read: log.read, messages: counts.messages + counts.actions });
  await compareMembers(differences, plan, entered);
  const unread = await compareUnread(differences, plan, entered, onProgress);
  return { log, unread };
}
