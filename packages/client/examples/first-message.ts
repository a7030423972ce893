import { StairwellClient } from "@stairwell/client";
import { messages, rooms } from "@stairwell/protocol/api";

const client = new StairwellClient({
  baseUrl: process.env.STAIRWELL_URL!, // https://rooms.acme.example
  token: process.env.STAIRWELL_TOKEN!,
});

const { data: room } = await client.request(rooms.createRoom, {
  body: { room_type: "group", name: "Kitchen" },
});
const { data: said } = await client.request(messages.sendMessage, {
  params: { room_id: room.id },
  body: { content: { body: "Who cooks?" } },
  idempotencyKey: crypto.randomUUID(),
});
console.log(`${said.id} is number ${said.stream_position} of ${room.room_alias}`);
