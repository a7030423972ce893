/**
 * The server as a process of its own, for tests that kill it: `node serve.ts FOLDER [--without-limits]`.
 * Prints its URL once it takes requests. SIGTERM ends it in good order.
 */
import { flushCompileCache } from "node:module";
import { createLog, createTenant, NO_LIMITS, type S3Options, startServer } from "@stairwell/server/testing";

const [folder, flag] = process.argv.slice(2);
const { STAIRWELL_TEST_S3: s3, STAIRWELL_TEST_STORE: url, STAIRWELL_TEST_HOSTS: hosts } = process.env;
if (folder === undefined) throw new Error("the data folder is needed");

try {
  const server = await startServer({
    data: folder,
    ...(url !== undefined && { store: { url, isUnsafe: true } }),
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: createLog("error"),
    failedSignInsPerMinute: 1_000_000,
    ...(hosts !== undefined && {
      federation: { hosts: new Map(Object.entries(JSON.parse(hosts) as Record<string, string>)) },
    }),
    ...(s3 !== undefined && {
      media: { maxBytes: 104_857_600, keepUnusedSeconds: 86_400, s3: JSON.parse(s3) as S3Options },
    }),
  });
  process.once("SIGTERM", () => void server.close());
  // The tenant that development mode would make at the first sign-in, with other limits.
  const tenant = { slug: "dev", serverName: "dev.localhost", limits: NO_LIMITS };
  if (flag === "--without-limits") await server.db.write("deployment", (tx) => createTenant(tx, tenant));
  console.log(server.url);
  // Whoever kills it keeps it from leaving what it has compiled to those who are started next.
  flushCompileCache();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
