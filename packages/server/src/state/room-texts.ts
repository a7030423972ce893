import type { RoomState } from "@stairwell/protocol/room";
import { isSealed, openText, type RoomKey, sealText } from "../events/index.ts";
import { searchFold } from "../lib/slug.ts";

interface RoomNumber {
  readonly tenantNo: number;
  readonly roomNo: number;
}

/** A room's name and topic as its row holds them, and what it is sorted and searched by. */
export interface RoomTexts {
  readonly name: string | null;
  readonly topic: string | null;
  readonly sortName: string;
  /** Null for a room that is never found by a text: an incognito one. */
  readonly searchText: string | null;
}

/** The texts of a room after the event at `position`; sealed with the room's key, or gone with it, if it is incognito. */
export function textsOf(ref: RoomNumber, room: RoomState, key: RoomKey, position: number): RoomTexts {
  const { name, topic } = room;
  if (room.scopeKind !== "incognito") {
    return { name, topic, sortName: searchFold(name ?? ""), searchText: searchFold(`${name ?? ""} ${topic ?? ""}`) };
  }
  const sealed = (kind: "name" | "topic") => {
    const text = room[kind];
    return text === null || key === null ? null : sealText(key, { kind, context: contextOf(ref) }, position, text);
  };
  return { name: sealed("name"), topic: sealed("topic"), sortName: "", searchText: null };
}

/** A name or topic from its row; null where the key is gone. */
export function textFrom(ref: RoomNumber, key: RoomKey, kind: "name" | "topic", stored: string | null): string | null {
  if (stored === null || !isSealed(stored)) return stored;
  return key === null ? null : (openText(key, { kind, context: contextOf(ref) }, stored) ?? null);
}

function contextOf({ tenantNo, roomNo }: RoomNumber): string {
  return `${tenantNo} ${roomNo}`;
}
