import { type Db, type Tx, withWrite } from "../db/index.ts";
import { LeaseLostError } from "./lease.ts";

/** A store whose every write first asks, in its own transaction, whether it may still be made. */
export function fenced(db: Db, isAllowed: (tx: Tx) => Promise<boolean>): Db {
  return withWrite(db, (scope, work) =>
    db.write(scope, async (tx) => {
      if (!(await isAllowed(tx))) throw new LeaseLostError();
      return work(tx);
    }),
  );
}
