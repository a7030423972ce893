import type { Db, Tx } from "../db/index.ts";
import { LeaseLostError } from "./lease.ts";

/** A store whose every write first asks, in its own transaction, whether it may still be made. */
export function fenced(db: Db, isAllowed: (tx: Tx) => Promise<boolean>): Db {
  return {
    get: db.get.bind(db),
    all: db.all.bind(db),
    snapshot: db.snapshot.bind(db),
    ping: db.ping.bind(db),
    damage: db.damage.bind(db),
    tidy: db.tidy.bind(db),
    close: db.close.bind(db),
    write: (scope, work) =>
      db.write(scope, async (tx) => {
        if (!(await isAllowed(tx))) throw new LeaseLostError();
        return work(tx);
      }),
  };
}
