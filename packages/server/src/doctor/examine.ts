import { ConfigError, type ConfigInput, loadConfig, parseListen } from "../config/index.ts";
import type { Clock } from "../lib/clock.ts";
import { type Check, failed, ok } from "./check.ts";
import { checkStore } from "./embedded.ts";
import { checkDisk, checkFolder, checkSync } from "./folder.ts";
import { checkClock, checkNode, checkSqlite } from "./machine.ts";
import { checkPort } from "./port.ts";

/**
 * Looks at all that a server rests on: the program, the configuration, the folder and its disk, the store, the address,
 * the clock. Changes nothing, but for a file that it writes into the folder and removes. Where the configuration is
 * wrong, what it would name is not looked at.
 */
export async function examine(input: ConfigInput, clock: Clock): Promise<Check[]> {
  const program = [checkNode(process.version), checkSqlite()];
  let data: string;
  let listen: string;
  try {
    ({ data, listen } = (await loadConfig(input)).config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      ...program,
      failed("configuration", error.problems.join("; "), "Put it right; 'stairwell config check' tells more."),
    ];
  }
  const folder = checkFolder(data);
  const inside = folder.state === "failed" ? [] : [checkDisk(data), checkSync(data, clock), await checkStore(data)];
  return [
    ...program,
    ok("configuration", "valid"),
    folder,
    ...inside,
    await checkPort(parseListen(listen)!, data),
    checkClock(data, clock.now()),
  ];
}
