/** What tests are made of: real servers, people who call them, a clock. */
export { frameFault } from "./known-frames.ts";
export { ChildServer, type ChildServerOptions } from "./child-server.ts";
export { type Ended, launch, type Launched, type LaunchOptions } from "./launch.ts";
export { mayBeRefused, meaninglessAt } from "./meaningless-bits.ts";
export { NatsServer, natsProgram } from "./nats-server.ts";
export { type Answer, assertOk, assertRefused, Person } from "./person.ts";
export { PostgresCluster } from "./postgres/cluster.ts";
export { emptyDatabase, freshDatabase, type TestDatabase } from "./postgres/databases.ts";
export { ENGINE, storeOf } from "./postgres/store-of.ts";
export { Random } from "./random.ts";
export { atOnce, freshSeed, rounds } from "./rounds.ts";
export { playScript } from "./script/script.ts";
export { type Closed, StreamClient, type StreamOptions } from "./stream-client.ts";
export { type Frame, isEvent, StreamOrder } from "./stream-order.ts";
export { attachStrace, injecting, NO_STRACE, underStrace } from "./strace.ts";
export { TestClock } from "./test-clock.ts";
export { TestServer, type TestServerOptions } from "./test-server.ts";
