import { type Config, ConfigError, type ConfigInput, loadConfig, parseListen, s3Of } from "../config/index.ts";
import type { Clock } from "../lib/clock.ts";
import { checkBucket } from "./bucket.ts";
import { checkBus } from "./bus.ts";
import { type Check, failed, ok } from "./check.ts";
import { checkDatabase } from "./database.ts";
import { checkStore } from "./embedded.ts";
import { checkDisk, checkFolder, checkSync } from "./folder.ts";
import { checkClock, checkNode, checkSqlite } from "./machine.ts";
import { checkPlace } from "./place.ts";
import { checkPort } from "./port.ts";

/**
 * Looks at all that a server rests on: the program, the configuration, the folder and its disk, the store, the bucket, the
 * bus, the address, the clock. Changes nothing, but for a file that it writes into the folder and an object that it puts
 * into the bucket, and removes. Where the configuration is wrong, what it would name is not looked at.
 */
export async function examine(input: ConfigInput, clock: Clock): Promise<Check[]> {
  const program = [checkNode(process.version), checkSqlite()];
  let config: Config;
  try {
    ({ config } = await loadConfig(input));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      ...program,
      failed("configuration", error.problems.join("; "), "Put it right; 'stairwell config check' tells more."),
    ];
  }
  const { data, listen, store, bus } = config;
  const s3 = s3Of(config);
  const folder = checkFolder(data);
  const inside = folder.state === "failed" ? [] : [checkDisk(data), checkSync(data, clock)];
  const rows =
    store.url !== undefined
      ? await checkDatabase(store.url, data, clock)
      : folder.state === "failed"
        ? []
        : [await checkStore(data)];
  return [
    ...program,
    ok("configuration", "valid"),
    folder,
    ...inside,
    ...rows,
    ...(s3 === undefined ? [] : [await checkBucket(s3)]),
    ...(store.url === undefined ? [] : await checkPlace(store.url, data, s3)),
    ...(bus.url === undefined ? [] : [await checkBus({ url: bus.url, prefix: bus.prefix })]),
    await checkPort(parseListen(listen)!, data),
    checkClock(data, clock.now()),
  ];
}
