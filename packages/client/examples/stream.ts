import { StairwellClient } from "@stairwell/client";
import { isStreamEvent } from "@stairwell/protocol/stream";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });

const stream = client.stream({
  // A connection that ends is followed by another one, which goes on where that one ended.
  onPause: ({ delayMs }) => console.log(`connecting again in ${Math.round(delayMs)} ms`),
});
for await (const frame of stream) {
  if (isStreamEvent(frame)) console.log(frame.type, frame.content?.body ?? "");
  else if (frame.type === "reset") console.log("away for too long: load rooms and messages anew, then go on");
  else console.log(frame.type);
  if (frame.type === "swp.room.message") break;
}
// Another time, or in another process: client.stream({ since: cursor }).
const { cursor } = stream;
console.log("heard everything up to", cursor);
