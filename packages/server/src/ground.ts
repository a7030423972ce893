import type { ActorCache } from "./auth/index.ts";
import type { BlobStore, Staging } from "./blobs/index.ts";
import type { Leftovers } from "./bundles/index.ts";
import type { Bus } from "./bus/index.ts";
import type { Db } from "./db/index.ts";
import type { Federation } from "./federation/index.ts";
import type { Clock } from "./lib/clock.ts";
import type { Histogram } from "./lib/histogram.ts";
import type { Painter, PlaceWatch } from "./media/index.ts";
import type { Node } from "./nodes/index.ts";

/** What the doors stand on: what the server has opened before anybody may come in. */
export interface Ground {
  db: Db;
  leftovers: Leftovers;
  federation: Federation;
  bus: Bus;
  node: Node;
  clock: Clock;
  secret: Uint8Array;
  staging: Staging;
  blobs: BlobStore;
  place: Pick<PlaceWatch, "fault" | "check">;
  painter: Painter;
  maxMediaBytes: number;
  maxUploads: number;
  actors: ActorCache;
  metrics: Histogram[];
}
