import { StairwellError } from "@stairwell/protocol";
import { type Db, type Tx, withWrite, type WriteScope } from "../../db/index.ts";
import { NotHub, saidIn, type Sequenced, StillLeaving, withSequenced } from "../../events/index.ts";
import { ReceiptTaken, requestOf } from "../../receipts/index.ts";
import type { Again } from "./asked-again.ts";
import { overtaken } from "./overtaken.ts";

/**
 * The store, for those who carry out commands: a command in a room that another server orders writes nothing, is proposed
 * there, and runs again with what has come of it (FD13). One that is refused here, and was proposed before, is answered by
 * what came of that (AP6, EV1). For all others it is the store itself.
 */
export function forwarding(db: Db, { propose, stay, again }: Forwarding): Db {
  return withWrite(db, async function forward(scope, work) {
    let ran: Tx | undefined;
    try {
      return await db.write(scope, (tx) => work((ran = tx)));
    } catch (error) {
      if (error instanceof StillLeaving) {
        await stay(error);
        return forward(scope, work);
      }
      if (error instanceof NotHub) return runAgain(db, scope, work, await propose(error));
      const before = isRefusal(error) && ran !== undefined ? await beforeOf(again, scope, ran) : undefined;
      if (before === undefined) throw error;
      const answer = await runAgain(db, scope, work, before);
      // It is kept by now, and given as to any repeat: what its caller may still see of it.
      if (requestOf(ran!) !== undefined) throw new ReceiptTaken();
      return answer;
    }
  });
}

export interface Forwarding {
  /** As `propose`. */
  readonly propose: (command: NotHub) => Promise<Sequenced>;
  /** As `stayAfterAll`. */
  readonly stay: (leaving: StillLeaving) => Promise<void>;
  /** As `askedAgain`. */
  readonly again: (tenantNo: number, repeat: Again) => Promise<Sequenced | undefined>;
}

function beforeOf(again: Forwarding["again"], scope: WriteScope, ran: Tx): Promise<Sequenced | undefined> | undefined {
  return scope === "deployment" ? undefined : again(scope.tenantNo, { request: requestOf(ran), said: saidIn(ran) });
}

/** Runs a command with what its hub has made of it. */
async function runAgain<T>(db: Db, scope: WriteScope, work: (tx: Tx) => Promise<T>, outcome: Sequenced): Promise<T> {
  try {
    return await db.write(scope, (tx) => work(withSequenced(tx, outcome)));
  } catch (refusal) {
    const [event] = outcome.events;
    throw isRefusal(refusal) && event !== undefined ? overtaken(event) : refusal;
  }
}

/** Whether a command was refused for what holds by now; who asks is let in, and not too often. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof StairwellError)) return false;
  const { status } = error;
  return status < 500 && status !== 401 && status !== 429;
}
