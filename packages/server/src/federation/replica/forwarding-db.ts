import { StairwellError } from "@stairwell/protocol";
import { type Db, withWrite } from "../../db/index.ts";
import { NotHub, type Sequenced, StillLeaving, withSequenced } from "../../events/index.ts";
import { overtaken } from "./overtaken.ts";

/**
 * The store, for those who carry out commands: a command in a room that another server orders writes nothing, is proposed
 * there, and runs again with what has come of it (FD13). For all others it is the store itself.
 */
export function forwarding(db: Db, { propose, stay }: Forwarding): Db {
  return withWrite(db, async function forward(scope, work) {
    try {
      return await db.write(scope, work);
    } catch (error) {
      if (error instanceof StillLeaving) {
        await stay(error);
        return forward(scope, work);
      }
      if (!(error instanceof NotHub)) throw error;
      const outcome = await propose(error);
      try {
        return await db.write(scope, (tx) => work(withSequenced(tx, outcome)));
      } catch (refusal) {
        const [event] = outcome.events;
        const isRefusal = refusal instanceof StairwellError && refusal.status < 500;
        throw isRefusal && event !== undefined ? overtaken(error, event) : refusal;
      }
    }
  });
}

export interface Forwarding {
  /** As `propose`. */
  readonly propose: (command: NotHub) => Promise<Sequenced>;
  /** As `stayAfterAll`. */
  readonly stay: (leaving: StillLeaving) => Promise<void>;
}
