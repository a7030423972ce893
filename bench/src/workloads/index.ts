import { w10Start } from "./w10-start.ts";
import { w12MixedDay } from "./w12-mixed-day.ts";
import { w1RestSends } from "./w1-rest-sends.ts";
import { w2StreamSends } from "./w2-stream-sends.ts";
import { w3FanOut } from "./w3-fan-out.ts";
import { w4SmallRooms } from "./w4-small-rooms.ts";
import { w5Joins } from "./w5-joins.ts";
import { w6History } from "./w6-history.ts";
import { w7IdleStreams } from "./w7-idle-streams.ts";
import { w8Bundles } from "./w8-bundles.ts";
import { w9BadPeers } from "./w9-bad-peers.ts";
import { w9Federation } from "./w9-federation.ts";
import { sizes } from "./sizes.ts";
import type { Workload } from "./workload.ts";

/** In the order in which they run. */
export const WORKLOADS: readonly Workload[] = [
  w1RestSends,
  w2StreamSends,
  w3FanOut,
  w4SmallRooms,
  w5Joins,
  w6History,
  w7IdleStreams,
  w8Bundles,
  w9Federation,
  w9BadPeers,
  w10Start,
  w12MixedDay,
  sizes,
];
