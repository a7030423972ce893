import { createHmac } from "node:crypto";
import { parseJson } from "@stairwell/protocol";
import type { ReactionContent } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { listAt, type RoomRef, type StoredEvent } from "../events/index.ts";

/**
 * An emoji as rows name it: a mark that is the same for the same emoji on the same event, and says nothing once that
 * event's salt is gone. So the emoji is in the events alone, which are wiped in place and, in incognito rooms, sealed:
 * wherever the engine once put a row, nothing of what was deleted is left in it (DEL3).
 */
export function markOf(target: Pick<StoredEvent, "salt">, emoji: string): string {
  if (target.salt === null) throw new Error("an event without its salt has no reactions");
  return createHmac("sha256", target.salt).update(emoji).digest("base64url").slice(0, 22);
}

/** The emoji of reactions by the positions of their events; those whose events nobody can open any more are left out. */
export async function emojisAt(
  reader: Reader,
  ref: RoomRef,
  positions: readonly number[],
): Promise<Map<number, string>> {
  const emojis = new Map<number, string>();
  for (const { position, content } of await listAt(reader, ref, positions, "forward")) {
    if (content !== null) emojis.set(position, (parseJson(content) as unknown as ReactionContent).emoji);
  }
  return emojis;
}
