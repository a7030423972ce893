import type { Log } from "../lib/log.ts";
import { NatsBus, type NatsOptions } from "./nats.ts";
import { NO_BUS } from "./none.ts";
import type { Bus } from "./port.ts";

/** Where the NATS is, and what its subjects begin with. */
export type BusOptions = Pick<NatsOptions, "url" | "prefix">;

/** The bus of a node whose store is shared: NATS, another one where a function opens it, or none. */
export function openBus(options: BusOptions | (() => Bus) | undefined, log: Log): Bus {
  if (options === undefined) return NO_BUS;
  if (typeof options === "function") return options();
  const onChange = (isWell: boolean): void => {
    if (isWell) log.info({}, "the bus is there");
    else log.warn({}, "the bus is away: the store is looked into more often");
  };
  return new NatsBus({ ...options, onChange });
}
