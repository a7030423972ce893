import { setImmediate } from "node:timers/promises";
import { statements } from "@stairwell/server/testing";

// Tests that mock the timers wait by the real ones.
const { setTimeout } = globalThis;

/**
 * Waits until whatever the servers of this process have begun with PostgreSQL is done, and what follows from it is sent.
 * On the embedded store it is by then: whoever was answered has had all that is due to them put on its way.
 */
export async function untilQuiet(): Promise<void> {
  await setImmediate();
  // To look without a pause would take the processor that PostgreSQL answers with.
  while (statements.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
