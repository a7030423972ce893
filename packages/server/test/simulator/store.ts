import { GroupCommit } from "../../src/db/group-commit.ts";
import type { Db } from "../../src/db/index.ts";
import type { Disk } from "./disk.ts";

/** The embedded store on a disk of the world: the groups begin when the world says so. */
export function storeOn(disk: Disk, now: () => number, nextTurn: () => Promise<void>): Db {
  const writer = new GroupCommit(() => disk.writer, now, undefined, undefined, nextTurn);
  return {
    get: async <Row>(sql: string, ...values: Parameters<Db["get"]>[1][]) =>
      disk.committed.get(sql, values) as Row | undefined,
    all: async <Row>(sql: string, ...values: Parameters<Db["get"]>[1][]) => disk.committed.all(sql, values) as Row[],
    snapshot: (work) => disk.snapshot(work),
    write: (_scope, work) => writer.write(work),
    wroteMuch: () => {},
    ping: async () => {},
    damage: async () => [],
    close: async () => {},
  };
}
