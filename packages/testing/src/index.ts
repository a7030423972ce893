/** What tests are made of: real servers, people who call them, a clock. */
export { type Answer, assertOk, assertRefused, Person } from "./person.ts";
export { atOnce, freshSeed, rounds } from "./rounds.ts";
export { TestClock } from "./test-clock.ts";
export { TestServer, type TestServerOptions } from "./test-server.ts";
