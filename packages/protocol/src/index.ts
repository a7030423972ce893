/** The protocol: pure, without I/O, clock or randomness. Rooms are in `./room`, the route table in `./api`. */
export * from "./canonical.ts";
export * from "./emoji.ts";
export * from "./errors.ts";
export * from "./hash.ts";
export * from "./ids.ts";
export * from "./json.ts";
export * from "./limits.ts";
export * from "./text.ts";
