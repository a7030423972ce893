import type { Decision, Facts } from "../decision.ts";
import type { Objection } from "../guards.ts";

/**
 * How one command is decided, in the order of AP1. `may` is everything up to membership and power: what
 * can be said without looking at whom or what the command names; `can` asks it alone. `outcome` is the rest.
 */
export interface Rule<Command> {
  readonly may: (facts: Facts) => Objection;
  readonly outcome: (facts: Facts, command: Command) => Decision;
}
