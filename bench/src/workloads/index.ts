import { w10Start } from "./w10-start.ts";
import { w1RestSends } from "./w1-rest-sends.ts";
import { w5Joins } from "./w5-joins.ts";
import { w6History } from "./w6-history.ts";
import type { Workload } from "./workload.ts";

/** In the order in which they run. */
export const WORKLOADS: readonly Workload[] = [w1RestSends, w5Joins, w6History, w10Start];
