import { setImmediate } from "node:timers/promises";
import { statements } from "@stairwell/server/testing";

/**
 * Waits until whatever the servers of this process have begun with PostgreSQL is done, and what follows from it is sent.
 * On the embedded store it is by then: whoever was answered has had all that is due to them put on its way.
 */
export async function untilQuiet(): Promise<void> {
  do await setImmediate();
  while (statements.underWay > 0);
}
