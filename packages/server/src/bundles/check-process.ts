/** The process in which a bundle is checked: it is told what to check, answers once, and is ended. */
import { setPriority } from "node:os";
import { StairwellError } from "@stairwell/protocol";
import { BundleFault } from "@stairwell/protocol/bundle";
import { systemClock } from "../lib/clock.ts";
import { checkBundle, type Found, type ToCheck } from "./check-bundle.ts";
import type { OnGiven } from "./zip/archive.ts";

/** The one thing that it asks back: a `KnownKey`, to be answered with its `Key`. */
export interface Asked {
  readonly asked: readonly [serverName: string, keyId: string];
}

export interface Key {
  readonly key: string | undefined;
}

/** How far it is, now and then: what an `OnGiven` is told. */
export interface Given {
  readonly given: Parameters<OnGiven>;
}

/** What came of a check. Of errors only their fields go from process to process. */
export type Outcome =
  | { readonly found: Found }
  | { readonly fault: Pick<BundleFault, "entry" | "reason" | "pointer" | "isTooLarge"> }
  | { readonly refusal: Pick<StairwellError, "code" | "info"> }
  | { readonly error: Error };

/** Milliseconds between two words on how far it is. */
const TOLD_EVERY_MS = 250;
/** Steps of priority behind those who are waited for: as many as there are. */
const BEHIND = 19;

try {
  setPriority(BEHIND);
} catch {
  // Where a process may not, it is as urgent as the server.
}
process.once("message", (toCheck) => {
  // And stays: that it ended could be heard of before what it answered.
  void outcomeOf(toCheck as ToCheck).then((outcome) => process.send!(outcome));
});
// Whoever was to hear of it is gone.
process.once("disconnect", () => process.exit());

async function outcomeOf(toCheck: ToCheck): Promise<Outcome> {
  try {
    return { found: await checkBundle(toCheck, askBack, tellNowAndThen()) };
  } catch (error) {
    if (error instanceof BundleFault) {
      const { entry, reason, pointer, isTooLarge } = error;
      return { fault: { entry, reason, pointer, isTooLarge } };
    }
    if (error instanceof StairwellError) return { refusal: { code: error.code, info: error.info } };
    return { error: error as Error };
  }
}

function askBack(serverName: string, keyId: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    process.once("message", ({ key }: Key) => resolve(key));
    process.send!({ asked: [serverName, keyId] } satisfies Asked);
  });
}

function tellNowAndThen(): OnGiven {
  let toldAt = -Infinity;
  return (...given) => {
    const now = systemClock.monotonic();
    if (now - toldAt < TOLD_EVERY_MS) return;
    toldAt = now;
    process.send!({ given } satisfies Given);
  };
}
