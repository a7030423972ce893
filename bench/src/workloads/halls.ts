import type { Instance, Pair, Stand } from "../contenders/stand.ts";
import type { Seat } from "../load/stream/plan.ts";
import { SentLedger } from "../verify/sent-ledger.ts";
import { prepareMembers, prepareRooms } from "./prepare.ts";

/** Rooms full of people, nobody at a stream yet. */
export interface Halls {
  instance: Instance;
  rooms: { id: string; token: string }[];
  /** Follows the rooms' logs. */
  ledger: SentLedger;
  /** Everybody, room by room: seat `room * members` is the room's creator. */
  seats: Seat[];
}

/** Starts a contender with public rooms of so many members each; nobody is in two. */
export async function prepareHalls(stand: Stand, role: keyof Pair, rooms: number, members: number): Promise<Halls> {
  const { load } = stand;
  const instance = await stand.open(role, rooms * members);
  const seats = instance.tokens.map((token, n) => ({ token, room: Math.floor(n / members) }));
  const creators = seats.filter((_, n) => n % members === 0).map(({ token }) => token);
  const ids = await prepareRooms(load, instance, creators, "public");
  const joiners = seats.filter((_, n) => n % members !== 0);
  await prepareMembers(
    load,
    instance,
    joiners.map(({ token, room }) => ({ token, roomId: ids[room]! })),
  );
  const opened = ids.map((id, room) => ({ id, token: creators[room]! }));
  return { instance, rooms: opened, ledger: await SentLedger.open(instance.address, opened), seats };
}

/** The seats of one person of each room. */
export const firstSeats = (rooms: number, members: number): number[] =>
  Array.from({ length: rooms }, (_, room) => room * members);
