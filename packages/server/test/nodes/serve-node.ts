/**
 * A node as a process of its own, for tests that kill it: `node serve-node.ts {"data", "store", "bus"?, "hosts"?}`. Prints its URL
 * once it takes requests. SIGTERM ends it in good order.
 */
import { flushCompileCache } from "node:module";
import { createLog, startServer } from "@stairwell/server/testing";
import { NatsBus } from "../../src/bus/index.ts";
import type { NodeSettings } from "./node-process.ts";

const { data, store, bus, hosts } = JSON.parse(process.argv[2]!) as NodeSettings;
try {
  const server = await startServer({
    data,
    store: { url: store, isUnsafe: true },
    ...(bus !== undefined && { bus: () => new NatsBus({ url: bus, prefix: "test", onChange: () => {} }) }),
    ...(hosts !== undefined && { federation: { hosts: new Map(Object.entries(hosts)) } }),
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: createLog("error"),
    failedSignInsPerMinute: 1_000_000,
  });
  process.once("SIGTERM", () => void server.close());
  console.log(server.url);
  // Whoever kills it keeps it from leaving what it has compiled to those who are started next.
  flushCompileCache();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
