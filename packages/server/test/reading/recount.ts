/** An event as `GET …/messages` gives it, as far as counting asks. */
export interface HistoryEvent {
  id: string;
  event_type: string;
  sender_id: string | null;
  content: Record<string, unknown>;
  stream_position: number;
}

export interface Counted {
  unread_count: number;
  mention_count: number;
}

/**
 * Unread messages and mentions of one person after a position, counted by reading the room's whole history from its
 * beginning (RD2, EV6): who was joined, and who had which power, at each message.
 */
export function recount(history: readonly HistoryEvent[], who: string, after: number): Counted {
  const joined = new Set<string>();
  const power = new Map<string, number>();
  const senders = new Map<string, string | null>();
  const counted = { unread_count: 0, mention_count: 0 };
  for (const { id, event_type, sender_id, content, stream_position } of history) {
    senders.set(id, sender_id);
    const participant = content.participant as string;
    if (event_type === "swp.room.member") {
      if (content.membership === "join") joined.add(participant);
      else joined.delete(participant);
      // The second event makes the creator a member, with all power.
      power.set(participant, stream_position === 2 ? 100 : 0);
    }
    if (event_type === "swp.room.power") power.set(participant, content.power_level as number);
    if (event_type !== "swp.room.message" || sender_id === who || stream_position <= after) continue;
    counted.unread_count++;
    const named = (content.mentions ?? []) as string[];
    const isNamed = named.includes(who) || senders.get(content.reply_to_event_id as string) === who;
    const isAll = named.includes("@room") && power.get(sender_id!)! >= 50;
    if (joined.has(who) && (isNamed || isAll)) counted.mention_count++;
  }
  return counted;
}
