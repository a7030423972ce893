import type { BundleLimits } from "@stairwell/protocol/bundle";
import type { Bus, BusOptions } from "./bus/index.ts";
import type { S3Options } from "./blobs/index.ts";
import type { ErasurePace } from "./db/index.ts";
import type { FederationOptions } from "./federation/index.ts";

import type { Clock } from "./lib/clock.ts";
import type { Log as Logger } from "./lib/log.ts";
import type { Networks } from "./lib/networks.ts";

/** What files may be, and where they lie. */
export interface MediaOptions {
  /** The largest that is taken, in bytes. */
  maxBytes: number;
  /** How many one person may be uploading at one time; 16 unless given. */
  maxUploads?: number;
  /** How long one is kept that nothing names. */
  keepUnusedSeconds: number;
  /** The store they are in, if not the folder. */
  s3?: S3Options | undefined;
}

/** What a server is started with. */
export interface ServerOptions {
  /** The data folder; made when missing. */
  data: string;
  listen: { host: string; port: number };
  /** Development mode; loopback only, which the configuration checks. */
  dev: boolean;
  log: Logger;
  clock?: Clock;
  logRequests?: boolean;
  failedSignInsPerMinute?: number;
  /** Whose word on who called is taken. */
  trustedProxies?: Networks;
  /** Who is not on this machine reads `/metrics` with it. */
  metricsToken?: string | null;
  /** Who sends it may call `/v1/operator/…`; without it nobody may. */
  operatorToken?: string | null;
  publicUrl?: string | null;
  media?: MediaOptions;
  /** What a bundle that comes in may be (BU16). */
  bundles?: BundleLimits;
  /** The NATS by which nodes that share a store wake each other, or what opens another bus; only for a store that is shared. */
  bus?: BusOptions | (() => Bus);
  /** Other servers: where those are that have no public address, and, for tests, how names are looked up. */
  federation?: FederationOptions;
  /** The PostgreSQL database that has the rows, if it is not the folder. `isUnsafe` takes one that may lose them: for tests. */
  store?: { url: string; isUnsafe?: boolean };
  /** Milliseconds between two words on how far a long call is; for tests. */
  progressMs?: number;
  /** How soon deleted bytes leave the store's files; for tests. */
  erasurePace?: ErasurePace;
  /** Refuse to listen while there is nobody to serve. */
  needsTenant?: boolean;
}
