import type { Plan } from "./plan.ts";

/** What the server must count for somebody who read only by speaking. */
export interface Unread {
  unread: number;
  mentions: number;
}

/**
 * The unread counts of everybody in the room in the end. One's marker stands at one's last join or act (RD0, EV7);
 * after it count the messages (RD2), and as mentions those that address one or reply to one while in the room (EV6).
 */
export function expectedUnread(plan: Plan): Map<string, Unread> {
  const inRoom = new Map<string, { messagesBefore: number; mentions: number }>();
  let messages = 0;
  for (const { nick, act, mention, replyTo } of plan.events) {
    if (act === "leave") inRoom.delete(nick);
    if (act === "message" || act === "action") {
      messages++;
      for (const who of new Set([mention, replyTo === undefined ? undefined : plan.events[replyTo]!.nick])) {
        const member = who === undefined || who === nick ? undefined : inRoom.get(who);
        if (member !== undefined) member.mentions++;
      }
    }
    if (act !== "leave") inRoom.set(nick, { messagesBefore: messages, mentions: 0 });
  }
  const unread = [...inRoom].map(
    ([nick, { messagesBefore, mentions }]) => [nick, { unread: messages - messagesBefore, mentions }] as const,
  );
  return new Map(unread);
}
