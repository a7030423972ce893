import type { Address } from "../load/plan.ts";
import { readList } from "./read-list.ts";

/** Reads all members: `expected` of them, each once. */
export async function checkMembers(
  address: Address,
  token: string,
  roomId: string,
  expected: number,
): Promise<string[]> {
  const path = `/v1/rooms/${roomId}/members?limit=500`;
  const members = await readList<{ participant_id: string }>(address, token, path, "cursor");
  const distinct = new Set(members.map(({ participant_id }) => participant_id)).size;
  return [
    ...(distinct === expected ? [] : [`${roomId}: ${expected} joined and ${distinct} are members`]),
    ...(distinct === members.length ? [] : [`${roomId}: ${members.length - distinct} members are listed twice`]),
  ];
}
