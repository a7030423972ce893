/** How nodes that share a store wake each other; see docs/decisions. */
export { type Channel, channelOf } from "./channel.ts";
export { InProcessBus } from "./in-process.ts";
export { NatsBus, type NatsOptions } from "./nats.ts";
export { readNatsUrl } from "./nats-url.ts";
export { NO_BUS, NO_OTHERS } from "./none.ts";
export { type BusOptions, openBus } from "./open-bus.ts";
export type { Bus } from "./port.ts";
