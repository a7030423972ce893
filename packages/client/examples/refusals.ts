import { StairwellApiError, StairwellClient, StairwellNetworkError } from "@stairwell/client";
import { members } from "@stairwell/protocol/api";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });

try {
  await client.request(members.joinRoom, { params: { room_id: "room-unknown" } });
} catch (error) {
  if (error instanceof StairwellApiError) {
    // The server has decided: the code is for programs, the message for people, the id for the server's log.
    console.log(error.status, error.code, error.message, error.requestId);
  } else if (error instanceof StairwellNetworkError) {
    // No answer came, and whether the call took effect is not known.
    console.log(error.timedOut ? "too slow" : "not reached");
  } else throw error;
}
