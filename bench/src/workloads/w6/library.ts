import type { Instance, Pair, Stand } from "../../contenders/stand.ts";
import { prepareJoins, prepareManyRooms, prepareMessages, prepareRooms } from "../prepare.ts";

/** Rooms listed by the directory of the one and of the other instance. */
export const ROOM_COUNTS = [100, 100_000] as const;
/** Members of the rooms whose members are listed. */
export const CROWDS = [100, 10_000] as const;
const SENDERS = 20;
/** Rooms that the reader of a directory is in. */
const VISITED = 10;

/** A room whose reading is measured. */
export interface Shelf {
  instance: Instance;
  roomId: string;
  /** Messages, or members, in it. */
  size: number;
}

/** What one contender has to read from. */
export interface Library {
  histories: Shelf[];
  crowds: Shelf[];
  /** Two instances of `ROOM_COUNTS` public rooms, each with somebody who is in a few of them. */
  directories: Directory[];
}

export interface Directory {
  instance: Instance;
  token: string;
}

/** Fills two instances with rooms, events and members. */
export async function prepareLibrary(stand: Stand, role: keyof Pair, histories: readonly number[]): Promise<Library> {
  const { load } = stand;
  const few = await stand.open(role, Math.max(...CROWDS) + 1);
  const many = await stand.open(role, 2);

  const creators = Array<string>(histories.length + CROWDS.length).fill(few.tokens[0]!);
  const ids = await prepareRooms(load, few, creators, "public");
  const shelf = (index: number, size: number): Shelf => ({ instance: few, roomId: ids[index]!, size });
  const library: Library = {
    histories: histories.map((size, index) => shelf(index, size)),
    crowds: CROWDS.map((size, index) => shelf(histories.length + index, size)),
    directories: [
      await prepareDirectory(stand, few, ROOM_COUNTS[0] - ids.length),
      await prepareDirectory(stand, many, ROOM_COUNTS[1]),
    ],
  };
  for (const { roomId, size } of library.histories) {
    const senders = few.tokens.slice(0, SENDERS);
    await prepareJoins(load, few, roomId, senders.slice(1));
    await prepareMessages(load, few, roomId, senders, size);
  }
  for (const { roomId, size } of library.crowds) await prepareJoins(load, few, roomId, few.tokens.slice(1, size));
  return library;
}

/** Makes so many public rooms, a few of which the last person joins, who is in no other. */
async function prepareDirectory({ load }: Stand, instance: Instance, rooms: number): Promise<Directory> {
  const token = instance.tokens.at(-1)!;
  const visited = await prepareRooms(load, instance, Array<string>(VISITED).fill(instance.tokens[0]!), "public");
  await prepareManyRooms(load, instance, rooms - VISITED);
  for (const roomId of visited) await prepareJoins(load, instance, roomId, [token]);
  return { instance, token };
}
