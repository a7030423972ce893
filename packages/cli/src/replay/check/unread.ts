import { rooms } from "@stairwell/protocol/api";
import { expectedUnread } from "../plan/expected-unread.ts";
import type { Plan } from "../plan/plan.ts";
import type { OnProgress } from "../progress.ts";
import { inParallel } from "../server/in-parallel.ts";
import type { Entered } from "../server/enter.ts";
import type { Differences } from "./differences.ts";

const AT_ONCE = 16;

/** Everybody's counts, added up. */
export interface UnreadCheck {
  people: number;
  unread: number;
  mentions: number;
}

/** Asks everybody in the room for their unread counts and compares them with what the conversation makes them. */
export async function compareUnread(
  differences: Differences,
  plan: Plan,
  { roomId, people }: Entered,
  onProgress: OnProgress,
): Promise<UnreadCheck> {
  const expected = expectedUnread(plan);
  const check = { people: 0, unread: 0, mentions: 0 };
  await inParallel([...expected], AT_ONCE, async ([nick, { unread, mentions }]) => {
    const { data: room } = await people.get(nick)!.client.request(rooms.getRoom, { params: { room_id: roomId } });
    differences.expect(`the unread count of ${nick}`, room.me?.unread_count, unread);
    differences.expect(`the mention count of ${nick}`, room.me?.mention_count, mentions);
    check.unread += room.me?.unread_count ?? 0;
    check.mentions += room.me?.mention_count ?? 0;
    onProgress({ what: "unread counts compared", done: ++check.people, total: expected.size });
  });
  return check;
}
