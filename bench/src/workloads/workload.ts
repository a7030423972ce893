import type { Stand } from "../contenders/stand.ts";
import type { Report } from "../report/report.ts";

/** How long and how much. */
export interface Terms {
  rounds: number;
  /** Length of one measured run. */
  seconds: number;
  /** Also the sizes that take long to prepare. */
  long: boolean;
  /** A file of real talk that `stairwell replay` plays, where there is one at hand. */
  conversation: string | undefined;
}

/** One line of performance.md's table. */
export interface Workload {
  id: string;
  title: string;
  run(stand: Stand, terms: Terms): Promise<Report>;
}
