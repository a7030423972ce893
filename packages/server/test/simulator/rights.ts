import { contentOf, eventsOf, peopleIn } from "./rows.ts";
import type { SimServer } from "./server.ts";

interface Wanted {
  readonly asker: string;
  readonly room: string;
  readonly sha256: string;
  /** Whether others have what was said before they joined. */
  readonly isHistory: boolean;
}

/** A second opinion on FD19: why another server may not have a file now; undefined where it may. */
export function whyNotFile(server: SimServer, { asker, room, sha256, isHistory }: Wanted): string | undefined {
  const rows = eventsOf(server, room);
  const { hub } = rows[0] ?? {};
  const isIn = (name: string): boolean =>
    peopleIn(server, room).some(({ fqid, membership }) => membership === "join" && fqid.endsWith(`:${name}`));
  if (hub !== asker && !isIn(asker)) return "of a room that it is not in";
  if (!isIn(server.name) && hub !== server.name) return "of a room that it has left itself";
  const naming = rows.filter((row) => row.content?.includes(sha256) && row.sender?.endsWith(`:${server.name}`));
  if (naming.length === 0) return "that nobody of its own names there";
  // Of another's room it is not known here when they came; in a direct room all is both sides' to read.
  const isDirect = contentOf(rows[0]!)?.["room_type"] === "dm";
  if (hub !== server.name || isHistory || isDirect) return undefined;
  const first = rows.find(({ type, sender, content }) => {
    return type === "swp.room.member" && content?.includes('"join"') === true && sender?.endsWith(`:${asker}`) === true;
  });
  return naming.some(({ position }) => position >= (first?.position ?? Infinity))
    ? undefined
    : "of before it was in the room";
}
