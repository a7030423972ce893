import { MEMBER, MESSAGE } from "@stairwell/protocol/room";
import type { Counts } from "../plan/counts.ts";
import type { Message } from "../server/room.ts";
import type { Differences } from "./differences.ts";

/** How many events of each kind a room has. */
export interface Tally {
  messages: number;
  actions: number;
  joins: number;
  leaves: number;
  nick_events: number;
  replies: number;
  mentions: number;
}

export function noTally(): Tally {
  return { messages: 0, actions: 0, joins: 0, leaves: 0, nick_events: 0, replies: 0, mentions: 0 };
}

/** Counts an event by what it says of itself. */
export function tallyOf(tally: Tally, { event_type, content }: Message): void {
  const said = (content ?? {}) as Readonly<Record<string, unknown>>;
  if (event_type === "irc.nick") tally.nick_events++;
  if (event_type === MEMBER) tally[said["membership"] === "join" ? "joins" : "leaves"]++;
  if (event_type !== MESSAGE) return;
  tally[said["msgtype"] === "swp.emote" ? "actions" : "messages"]++;
  if (said["reply_to_event_id"] !== undefined) tally.replies++;
  if (said["mentions"] !== undefined) tally.mentions++;
}

/** The room's counts against the file's. */
export function compareTally(differences: Differences, tally: Tally, counts: Counts): void {
  differences.expect("the room's counts", tally, {
    messages: counts.messages,
    actions: counts.actions,
    joins: counts.joins.made + counts.joins.before_speaking,
    leaves: counts.leaves.made,
    nick_events: counts.nick_events,
    replies: counts.replies,
    mentions: counts.mentions,
  });
}
