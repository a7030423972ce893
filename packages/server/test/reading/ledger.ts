import type { Frame } from "@stairwell/testing";

/** The events behind one person's numbers in one room, oldest first. */
export interface Ledger {
  readonly unread: readonly string[];
  readonly mentions: readonly string[];
}

interface Message {
  readonly position: number;
  readonly sender: string;
  /** Whether it mentioned the person when its newest content was said. */
  isNamed: boolean;
  isAll: boolean;
}

/**
 * Counts for one person what lies after a position, by reading a room's whole log as the stream tells it, from its first
 * event on: who was joined and who had which power at each moment, what was edited, and what was redacted (RD2, EV6).
 */
export function ledgerOf(log: readonly Frame[], who: string, after: number): Ledger {
  const messages = new Map<string, Message>();
  const senders = new Map<string, string>();
  const joined = new Set<string>();
  const power = new Map<string, number>();
  const names = ({ mentions = [], reply_to_event_id: replyTo }: Frame["content"]) => ({
    isNamed: (mentions as string[]).includes(who) || senders.get(replyTo) === who,
    isAll: (mentions as string[]).includes("@room"),
  });
  for (const { id, type, sender_id: sender, content, stream_position: position } of log) {
    senders.set(id, sender);
    switch (type) {
      case "swp.room.member":
        if (content.membership === "join") joined.add(content.participant);
        else joined.delete(content.participant);
        // The second event makes the creator a member, with all power.
        power.set(content.participant, position === 2 ? 100 : 0);
        break;
      case "swp.room.power":
        power.set(content.participant, content.power_level);
        break;
      case "swp.room.message":
      case "swp.room.edit": {
        const isEdit = type === "swp.room.edit";
        const target = isEdit ? content.event_id : id;
        const { isNamed, isAll } = names(isEdit ? content.content : content);
        const before = messages.get(target);
        if (isEdit && before === undefined) break;
        messages.set(target, {
          position: before?.position ?? position,
          sender,
          isNamed: isNamed && (before?.isNamed === true || joined.has(who)),
          isAll: isAll && (before?.isAll === true || power.get(sender)! >= 50),
        });
        break;
      }
      case "swp.room.redaction":
        messages.delete(content.event_id);
    }
  }
  const unread = [...messages].filter(([, message]) => message.position > after && message.sender !== who);
  const mentions = unread.filter(([, { isNamed, isAll }]) => isNamed || isAll);
  return { unread: unread.map(([id]) => id), mentions: mentions.map(([id]) => id) };
}
