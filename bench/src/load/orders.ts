import type { Address, Plan } from "./plan.ts";
import type { Crowd, CrowdPlan } from "./stream/plan.ts";

/** What the parent tells the load process; crowds are named by the number that `seat` answers. */
export type Order =
  | { kind: "ask"; address: Address; plan: Plan }
  | { kind: "seat"; address: Address; crowd: Crowd }
  | { kind: "run"; crowd: number; plan: CrowdPlan }
  | { kind: "leave"; crowd: number };
