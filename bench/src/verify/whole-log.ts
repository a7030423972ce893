import type { Address } from "../load/plan.ts";
import type { LoggedEvent } from "./compare-log.ts";
import { readList } from "./read-list.ts";

/** Reads a room from its first position to its head: no gaps, and as many messages as were sent. */
export async function checkWholeLog(address: Address, token: string, roomId: string, sent: number): Promise<string[]> {
  const path = `/v1/rooms/${roomId}/messages?direction=forward&limit=200`;
  const logged = await readList<LoggedEvent>(address, token, path, "from", "0");
  const gap = logged.findIndex(({ stream_position }, index) => stream_position !== index + 1);
  const messages = logged.filter(({ event_type }) => event_type === "swp.room.message").length;
  return [
    ...(gap === -1 ? [] : [`${roomId}: position ${gap + 1} is missing`]),
    ...(messages === sent ? [] : [`${roomId}: ${sent} messages were acknowledged and ${messages} are stored`]),
  ];
}
