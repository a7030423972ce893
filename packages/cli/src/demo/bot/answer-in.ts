import type { StairwellClient } from "@stairwell/client";
import { MESSAGE } from "@stairwell/protocol/room";
import { type DataOf, messages, reading, rooms } from "@stairwell/protocol/api";
import { answerTo } from "./answer.ts";

type Message = DataOf<typeof messages.listMessages>[number];

/**
 * Answers what is unread in a room and marks it read. Sending moves the bot's own marker past what came meanwhile, so
 * it reads on from where it was until nothing is left.
 */
export async function answerIn(
  client: StairwellClient,
  self: string,
  roomId: string,
  signal: AbortSignal,
): Promise<void> {
  const params = { room_id: roomId };
  const { data: state } = await client.request(rooms.getRoomState, { params, signal });
  const isDirect = state.room.room_type === "dm";
  let from = state.unread.last_read_position;
  let last: Message | undefined;
  const query = () => ({ direction: "forward", from: String(from), limit: 100 }) as const;
  for (;;) {
    const { data: page } = await client.request(messages.listMessages, { params, query: query(), signal });
    if (page.length === 0) break;
    for (const message of page) if (isFor(message, self, isDirect)) await answer(client, message, state.room, signal);
    last = page.at(-1)!;
    from = last.stream_position;
  }
  if (last !== undefined) await client.request(reading.markRead, { params, body: { event_id: last.id }, signal });
}

function isFor({ sender_id, event_type, content }: Message, self: string, isDirect: boolean): boolean {
  if (sender_id === null || sender_id === self || event_type !== MESSAGE || content === null) return false;
  const mentions = "mentions" in content ? content.mentions : undefined;
  return isDirect || (Array.isArray(mentions) && mentions.includes(self));
}

async function answer(
  client: StairwellClient,
  { id, room_id, content }: Message,
  room: { members_count: number; head?: number },
  signal: AbortSignal,
): Promise<void> {
  const text = content !== null && "body" in content ? String(content.body) : "";
  const body = answerTo(text, { now: new Date(), random: Math.random, room: { head: 0, ...room } });
  await client.request(messages.sendMessage, {
    params: { room_id },
    // A question is answered once, also by a bot that was started again in between (EV1).
    body: { content: { msgtype: "swp.text", body, reply_to_event_id: id }, event_uuid: `answer-to-${id}` },
    signal,
  });
}
