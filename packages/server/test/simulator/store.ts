import { GroupCommit } from "../../src/db/group-commit.ts";
import type { Db } from "../../src/db/index.ts";
import { Snapshots } from "../../src/db/snapshots.ts";
import type { Disk } from "./disk.ts";

/** The embedded store on a disk of the world: the groups begin when the world says so. */
export function storeOn(disk: Disk, now: () => number, nextTurn: () => Promise<void>): Db {
  const writer = new GroupCommit(() => disk.writer, now, undefined, undefined, nextTurn);
  const shared = disk.reader();
  const snapshots = new Snapshots(() => disk.reader());
  return {
    get: async <Row>(sql: string, ...values: Parameters<Db["get"]>[1][]) => shared.get(sql, values) as Row | undefined,
    all: async <Row>(sql: string, ...values: Parameters<Db["get"]>[1][]) => shared.all(sql, values) as Row[],
    snapshot: (work) => snapshots.take(work),
    write: (_scope, work) => writer.write(work),
    tidy: async () => {},
    ping: async () => {},
    damage: async () => [],
    close: async () => {},
  };
}
