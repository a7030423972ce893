import { bundleLimitsOf, type ConfigInput, isLoopback, loadConfig, parseListen, s3Of } from "./config/index.ts";
import { createLog, type Log } from "./lib/log.ts";
import { readNetworks } from "./lib/networks.ts";
import { giveBackWhenQuiet } from "./lib/quiet-memory.ts";
import { beginYoung } from "./lib/young-memory.ts";
import { type RunningServer, startServer } from "./server.ts";

export interface ServeOptions {
  listen?: string | undefined;
  data?: string | undefined;
  dev?: boolean | undefined;
  config?: string | undefined;
  /** Told once requests are taken. */
  onReady?: ((server: RunningServer) => void) | undefined;
}

/** What a stop may take before the process ends anyway, in milliseconds; everything acknowledged is durable by then. */
const STOP_MS = 10_000;

/**
 * Runs the server by its configuration until SIGTERM or SIGINT; answers the exit code. `ConfigError` for settings
 * that are not valid; throws with a sentence that says what to do when it cannot start.
 */
export async function serve({ listen, data, dev, config: file, onReady }: ServeOptions): Promise<number> {
  beginYoung();
  // The store, its logs and the socket are nobody else's to read, whatever folder they are put into.
  process.umask(0o077);
  const input: ConfigInput = { flags: { listen, data, dev }, ...(file !== undefined && { file }) };
  const { config } = await loadConfig(input);
  const log = createLog(config.log.level);
  const address = parseListen(config.listen)!;
  const server = await startServer({
    data: config.data,
    ...(config.store.url !== undefined && { store: { url: config.store.url } }),
    listen: address,
    dev: config.dev,
    log,
    logRequests: config.log.requests,
    failedSignInsPerMinute: config.auth.failures_per_minute,
    trustedProxies: readNetworks(config.trusted_proxies)!,
    metricsToken: config.metrics.token ?? null,
    operatorToken: config.operator.token ?? null,
    publicUrl: config.public_url ?? null,
    federation: { hosts: new Map(Object.entries(config.federation.hosts)) },
    media: {
      maxBytes: config.media.max_bytes,
      maxUploads: config.media.max_uploads,
      keepUnusedSeconds: config.media.keep_unused_seconds,
      s3: s3Of(config),
    },
    bundles: bundleLimitsOf(config),
    ...(config.bus.url !== undefined && { bus: { url: config.bus.url, prefix: config.bus.prefix } }),
    // Whoever finds an empty server on a public address could make it theirs.
    needsTenant: !isLoopback(address),
  });
  giveBackWhenQuiet();
  const stopped = stopOnSignal(server, log);
  onReady?.(server);
  return stopped;
}

/** Settles with the exit code once a signal has come and everything under way is answered. A fault ends the process. */
function stopOnSignal(server: RunningServer, log: Log): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (code: number) => {
      if (isStopping) return;
      isStopping = true;
      log.info({}, "stopping");
      setTimeout(() => process.exit(code), STOP_MS).unref();
      server.close().then(
        () => resolve(code),
        (error: unknown) => {
          log.error({ err: error }, "stopping failed");
          resolve(1);
        },
      );
    };
    process.on("SIGTERM", () => stop(0));
    process.on("SIGINT", () => stop(0));
    for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(fault, (error: unknown) => {
        log.error({ err: error }, "a fault that nobody answered for; stopping");
        stop(1);
      });
    }
  });
}
