import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { StairwellApiError, StairwellClient } from "@stairwell/client";
import { messages, participants } from "@stairwell/protocol/api";
import { isStreamEvent } from "@stairwell/protocol/stream";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });
const [memory] = process.argv.slice(2) as [string];
const { data: self } = await client.request(participants.getMe);

// It goes on where it was: what was said while it was away is answered now.
const stream = client.stream(existsSync(memory) ? { since: readFileSync(memory, "utf8") } : {});
for await (const frame of stream) {
  if (frame.type === "hello") console.log(`${self.fqid} listens`);
  if (isStreamEvent(frame) && frame.type === "swp.room.message" && frame.sender_id !== self.participant_id) {
    const { mentions, body } = frame.content ?? {};
    if (Array.isArray(mentions) && mentions.includes(self.participant_id)) await answer(frame, String(body));
  }
  // Whole or not at all, whenever the bot is killed.
  writeFileSync(`${memory}.new`, stream.cursor!);
  renameSync(`${memory}.new`, memory);
}

async function answer({ id, room_id }: { id: string; room_id: string }, question: string): Promise<void> {
  const content = { body: `You said: ${question}`, reply_to_event_id: id };
  // The same event_uuid makes the same answer, however often the bot is started over.
  const body = { content, event_uuid: `answer-${id}` };
  try {
    // With a key it is sent again where it was too much at once, or nobody answered.
    await client.request(messages.sendMessage, { params: { room_id }, body, idempotencyKey: `answer-${id}` });
    console.log(`answered ${id}`);
  } catch (error) {
    // It may have been removed from the room, or the room archived, since it was asked.
    if (!(error instanceof StairwellApiError) || error.status >= 500) throw error;
    console.log(`${id} cannot be answered: ${error.message}`);
  }
}
