import type { Log } from "../lib/log.ts";
import { sentenceOf } from "../lib/sentence-of.ts";
import { NatsBus, type NatsOptions } from "./nats.ts";
import { NO_BUS } from "./none.ts";
import type { Bus } from "./port.ts";

/** Where the NATS is, and what its subjects begin with. */
export type BusOptions = Pick<NatsOptions, "url" | "prefix">;

/** The bus of a node whose store is shared: NATS, another one where a function opens it, or none. */
export function openBus(options: BusOptions | (() => Bus) | undefined, log: Log): Bus {
  if (options === undefined) return NO_BUS;
  if (typeof options === "function") return options();
  let isWhyTold = false;
  const onChange = (isWell: boolean): void => {
    isWhyTold = false;
    if (isWell) log.info({}, "the bus is there");
    else log.warn({}, "the bus is away: the store is looked into more often");
  };
  // It is tried several times a second: once for each time that it is away.
  const onRefused = (cause: unknown): void => {
    if (!isWhyTold) log.warn({ cause: sentenceOf(cause) }, "the bus cannot be reached, and is tried again");
    isWhyTold = true;
  };
  return new NatsBus({ ...options, onChange, onRefused });
}
