import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collection =
  | { readonly type: "minor" }
  /** All of the heap, and given back to the system what is free of it. */
  | { readonly type: "major"; readonly execution: "sync"; readonly flavor: "last-resort" };

let collector: ((how: Collection) => void) | undefined;

/** Has the engine collect what nobody uses, now; nothing goes on meanwhile. */
export function collect(how: Collection): void {
  collector ??= theEngines();
  collector(how);
}

/** The engine's own, which is handed to contexts that are made while its flag is set. */
function theEngines(): (how: Collection) => void {
  setFlagsFromString("--expose-gc");
  const found = runInNewContext("typeof gc === 'function' ? gc : undefined") as typeof collector;
  setFlagsFromString("--no-expose-gc");
  return found ?? (() => {});
}
