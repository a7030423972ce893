import type { Item } from "@stairwell/protocol/federation";
import type { Reader } from "../../db/index.ts";
import { findEventAt, listSignatures } from "../../events/index.ts";
import type { StoredRoom } from "../../state/index.ts";
import type { SigningKey } from "../../tenants/index.ts";
import { signHead } from "../wire/heads.ts";
import { toWireEvent } from "../wire/wire-event.ts";

/** An invite to a room of ours as the invitee's server is shown it (FD11): the room, and the event at a position. */
export async function inviteItem(
  reader: Reader,
  stored: StoredRoom,
  position: number,
  key: SigningKey,
): Promise<Extract<Item, { type: "invite" }>> {
  const event = (await findEventAt(reader, stored, position))!;
  const previous = (await findEventAt(reader, stored, position - 1))!;
  const signature = (await listSignatures(reader, stored, position, position)).get(position);
  const { room, roomId, alias } = stored;
  return {
    type: "invite",
    room: {
      room_id: roomId,
      room_alias: alias,
      room_type: room.roomType,
      name: room.name,
      topic: room.topic,
      creator: room.creator,
      created_at: room.createdAt,
      members_count: room.joinedCount,
    },
    // The invite itself is for who is invited, whatever else of the room is not.
    event: toWireEvent(stored, event, previous.hash, signature, { from: position }),
    head: signHead(key, roomId, event),
  };
}
