import { cleanName, cleanTopic, LIMITS, StairwellError } from "@stairwell/protocol";
import { BundleFault, type BundlePerson, type BundleRoom, MANIFEST } from "@stairwell/protocol/bundle";
import type { CreateRoom } from "@stairwell/protocol/room";

/** What a room is imported as, but for the workspace it comes to be in. */
export type ImportedRoom = Pick<CreateRoom, "roomType" | "name" | "topic" | "isPublic">;

/**
 * The room that a bundle becomes (BU10): of its type, a direct one a group named after its two sides. `BundleFault` for
 * what no room here can be, `SW_ROOM_IMPORT_REFUSED` for an incognito one.
 */
export function importedRoom(room: BundleRoom, sides: readonly BundlePerson[]): ImportedRoom {
  refuseIncognito(room);
  if (room.room_type === "dm") {
    return { roomType: "group", name: nameOf(sides), topic: topicOf(room), isPublic: false };
  }
  if (room.name === null) throw fault("/room/name", "is missing");
  if (room.room_type === "public" && !room.is_public) throw fault("/room/is_public", "is not what the type says");
  const name = cleaned("/room/name", () => cleanName(room.name!, ""));
  return { roomType: room.room_type, name, topic: topicOf(room), isPublic: room.is_public };
}

export function refuseIncognito({ room_type, scope_kind }: BundleRoom): void {
  if (room_type !== "incognito" && scope_kind === null) return;
  throw new StairwellError("SW_ROOM_IMPORT_REFUSED", {
    rule: "BU15",
    message: "A room that was incognito is not imported.",
  });
}

function topicOf({ topic }: BundleRoom): string | null {
  return cleaned("/room/topic", () => cleanTopic(topic, ""));
}

/** "A and B", as long as a name may be. */
function nameOf(sides: readonly BundlePerson[]): string {
  const names = sides.map(({ display_name }) => display_name);
  const name = [...names.join(" and ")].slice(0, LIMITS.nameLength).join("");
  try {
    return cleanName(name, "");
  } catch {
    // What the two are called elsewhere may be nothing that can be seen here.
    return "Direct room";
  }
}

function cleaned<T>(pointer: string, clean: () => T): T {
  try {
    return clean();
  } catch (error) {
    if (!(error instanceof StairwellError)) throw error;
    throw fault(pointer, (error.info.details as readonly { reason: string }[])[0]!.reason);
  }
}

function fault(pointer: string, reason: string): BundleFault {
  return new BundleFault(MANIFEST, reason, { pointer });
}
