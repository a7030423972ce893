import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { join } from "node:path";
import { StairwellError } from "@stairwell/protocol";
import { BundleFault } from "@stairwell/protocol/bundle";
import { checkBundle, type Found, type ToCheck } from "./check-bundle.ts";
import type { Asked, Given, Key, Outcome } from "./check-process.ts";
import type { KnownKey } from "./signature.ts";
import type { OnGiven } from "./zip/archive.ts";

/** Bundles from so many bytes on: a process takes some tenths of a second to begin, and what is smaller not much longer. */
const APART_BYTES = 1024 * 1024;

const PROCESS = join(import.meta.dirname, "check-process.ts");

/** Nothing of a bundle is needed for long: little that is young, and one thread beside its own to collect it. */
const FLAGS = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=2", "--v8-pool-size=1"];

/** `checkBundle`, so that nobody waits for it: what is large in a process of its own, which is gone with all its memory after. */
export function checkAside(toCheck: ToCheck, knownKey: KnownKey, onGiven: OnGiven): Promise<Found> {
  return (toCheck.size < APART_BYTES ? checkBundle : checkApart)(toCheck, knownKey, onGiven);
}

/** `checkBundle` in a process of its own. Fails as that does, and where the process ends before it has answered. */
export async function checkApart(toCheck: ToCheck, knownKey: KnownKey, onGiven: OnGiven = () => {}): Promise<Found> {
  const cache = getCompileCacheDir();
  // No settings and no secrets go along: what reads strangers' files needs none.
  const child = fork(PROCESS, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
    execArgv: FLAGS,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()).once("error", () => resolve()));
  try {
    return foundIn(await answerOf(child, toCheck, knownKey, onGiven));
  } finally {
    // What it has put aside is whole, or nobody's: it must not put anything there any more.
    child.kill("SIGKILL");
    await ended;
  }
}

function answerOf(child: ChildProcess, toCheck: ToCheck, knownKey: KnownKey, onGiven: OnGiven): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const send = (message: ToCheck | Key): void => void child.send(message, (error) => error === null || reject(error));
    child.on("message", (message) => {
      const said = message as Asked | Given | Outcome;
      if ("given" in said) onGiven(...said.given);
      else if ("asked" in said) knownKey(...said.asked).then((key) => send({ key }), reject);
      else resolve(said);
    });
    child.once("error", reject);
    // A bundle that is too much for it ends this process and no other.
    child.once("exit", (code, signal) => reject(new Error(`a bundle's check ended with ${signal ?? code}`)));
    send(toCheck);
  });
}

function foundIn(outcome: Outcome): Found {
  if ("found" in outcome) return outcome.found;
  if ("error" in outcome) throw outcome.error;
  if ("refusal" in outcome) throw new StairwellError(outcome.refusal.code, outcome.refusal.info);
  const { entry, reason, pointer, isTooLarge } = outcome.fault;
  throw new BundleFault(entry, reason, { pointer, isTooLarge });
}
