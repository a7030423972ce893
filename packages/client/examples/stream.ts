import { StairwellClient } from "@stairwell/client";
import { stream as streams } from "@stairwell/protocol/api";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });

// A ticket is good once and for 30 seconds; unlike a token it may stand in an address.
const { data } = await client.request(streams.createStreamTicket);
const address = new URL("/v1/stream", process.env.STAIRWELL_URL!);
address.protocol = address.protocol.replace("http", "ws");
address.searchParams.set("ticket", data.ticket);

const stream = new WebSocket(address);
let cursor = "";
stream.onmessage = ({ data: text }) => {
  const frame = JSON.parse(String(text)) as { type: string; cursor?: string; content?: { body?: string } };
  // Where to go on after a pause: connect again with a new ticket and `since`.
  cursor = frame.cursor ?? cursor;
  console.log(frame.type, frame.content?.body ?? "");
  if (frame.type === "swp.room.message") stream.close();
};
stream.onclose = ({ code, reason }) => console.log("closed", code, reason);
