import type { Db } from "./port.ts";

/** A store that is another one in everything but how it takes commands. */
export function withWrite(db: Db, write: Db["write"]): Db {
  return {
    get: db.get.bind(db),
    all: db.all.bind(db),
    snapshot: db.snapshot.bind(db),
    ping: db.ping.bind(db),
    damage: db.damage.bind(db),
    wroteMuch: db.wroteMuch.bind(db),
    close: db.close.bind(db),
    write,
  };
}
