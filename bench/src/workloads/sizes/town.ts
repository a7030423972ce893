import type { Instance, Stand } from "../../contenders/stand.ts";
import { prepareJoins, prepareManyRooms, prepareMembers, prepareMessages, prepareRooms } from "../prepare.ts";

/** How large a tenant and its one busy room are. */
export interface Size {
  rooms: number;
  members: number;
  events: number;
}

/** A tenant with a room whose use is measured. */
export interface Town {
  instance: Instance;
  size: Size;
  roomId: string;
  /** Has been in the busy room from its beginning, and is in a few others, all with something unread. */
  reader: string;
  senders: string[];
  /** Who is in no room yet. */
  strangers: string[];
  /** Rooms of `SENDERS` members for sends, so that the busy one of a small town stays small. */
  empty: string[];
}

export const SENDERS = 20;
/** Other rooms that the reader is in. */
const VISITED = 10;

/** Fills an instance. What is read is the same in towns of every size: as many rooms of the reader's on a page. */
export async function prepareTown(stand: Stand, size: Size, strangers: number, empty: number): Promise<Town> {
  const { load } = stand;
  const instance = await stand.open("subject", size.members + strangers);
  const [creator = "", reader = ""] = instance.tokens;
  const members = instance.tokens.slice(0, size.members);
  const senders = members.slice(0, SENDERS);

  await prepareManyRooms(load, instance, size.rooms - 1 - VISITED - empty);
  const ids = await prepareRooms(load, instance, Array<string>(1 + VISITED + empty).fill(creator), "public");
  const [roomId = "", ...others] = ids;
  await prepareJoins(load, instance, roomId, members.slice(1));
  const visited = others.slice(0, VISITED);
  const halls = others.slice(VISITED);
  await prepareMembers(load, instance, [
    ...visited.map((id) => ({ roomId: id, token: reader })),
    ...halls.flatMap((id) => senders.slice(1).map((token) => ({ roomId: id, token }))),
  ]);
  await prepareMessages(load, instance, roomId, senders, size.events);
  // Last, so that the reader's rooms are on the first page of the directory, which is by activity.
  for (const id of visited) await prepareMessages(load, instance, id, [creator], 1);
  return { instance, size, roomId, reader, senders, strangers: instance.tokens.slice(size.members), empty: halls };
}
