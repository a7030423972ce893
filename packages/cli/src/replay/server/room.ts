import { randomUUID } from "node:crypto";
import type { StairwellClient } from "@stairwell/client";
import { directory, messages, rooms } from "@stairwell/protocol/api";
import type { DataOf } from "@stairwell/protocol/api";
import type { Signed } from "./sign-in.ts";

export type Message = DataOf<typeof messages.listMessages>[number];

/** The public room of this name that this host made, archived or not, or a new one. */
export async function roomNamed(host: Signed, name: string): Promise<string> {
  const { client, participantId } = host;
  const listed = client.rows(directory.listRooms, {
    query: { q: name, room_type: "public", membership: "join", limit: 200 },
  });
  const archived = client.rows(rooms.listArchivedRooms, { query: { limit: 200 } });
  for (const list of [listed, archived]) {
    for await (const room of list) if (room.name === name && room.creator_id === participantId) return room.id;
  }
  const { data } = await client.request(rooms.createRoom, {
    body: { room_type: "public", name },
    idempotencyKey: randomUUID(),
  });
  return data.id;
}

/** The room's log, oldest first, a page at a time. */
export async function* historyOf(
  client: StairwellClient,
  roomId: string,
): AsyncGenerator<readonly Message[], void, undefined> {
  const query = { direction: "forward", from: "0", limit: 200 } as const;
  for await (const { data } of client.pages(messages.listMessages, { params: { room_id: roomId }, query })) yield data;
}
