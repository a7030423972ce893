import { parseFqid } from "@stairwell/protocol";
import type { Book } from "./book.ts";
import type { People } from "./people.ts";
import { namesAt } from "./rows.ts";
import type { World } from "./world.ts";

/** FD15: somebody of a server that keeps to the rules is called what it has said, or what can be said without it. */
export function misnamed({ honest }: World, { deeds }: Book): string | undefined {
  for (const server of honest) {
    for (const { fqid, name } of namesAt(server)) {
      const { localId, serverName } = parseFqid(fqid)!;
      if (!honest.some((one) => one.name === serverName) || name.toLowerCase() === localId) continue;
      const mark = /^deed (\d+)$/.exec(name)?.[1];
      if (mark === undefined || deeds[Number(mark) - 1]?.by !== fqid)
        return `I24 ${server.name} calls ${fqid} ${name}, which is no name of theirs`;
    }
  }
  return undefined;
}

/**
 * A new name is known wherever somebody was in a room with them when they took it, in all that their server knew of. Undefined
 * where it is.
 */
export function unheard(world: World, book: Book, { renamed }: People): string | undefined {
  for (const [fqid, at] of renamed) {
    const own = world.server(parseFqid(fqid)!.serverName);
    const name = namesAt(own).find((one) => one.fqid === fqid)!.name;
    for (const other of world.honest) {
      if (other === own || world.isEvil(own.name) || world.denied.has(own.name) || world.denied.has(other.name))
        continue;
      if (!book.areTogether(own, fqid, other.name, at)) continue;
      const there = namesAt(other).find((one) => one.fqid === fqid)?.name;
      if (there !== undefined && there !== name) return `I28 ${other.name} calls ${fqid} ${there}, who is ${name}`;
    }
  }
  return undefined;
}
