import { StairwellClient } from "@stairwell/client";
import { directory, messages, rooms } from "@stairwell/protocol/api";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });

// Row by row: the next page is asked for when the one before was used up.
for await (const person of client.rows(directory.listParticipants, { query: { limit: 100 } })) {
  console.log(person.fqid);
}

// Page by page, the newest first, until there is enough.
const { data: room } = await client.request(rooms.createRoom, { body: { room_type: "group", name: "Kitchen" } });
for await (const { data } of client.pages(messages.listMessages, { params: { room_id: room.id } })) {
  for (const event of data) console.log(event.stream_position, event.event_type);
  if (data.some(({ stream_position }) => stream_position === 1)) break;
}
