/** The HTTP door: endpoints on Fastify, in the order of checks of AP1. */
export { buildDoor, type Door, type DoorParts } from "./app.ts";
export { callerBehind, type CallerOf } from "./caller.ts";
export { credentialOf } from "./credential.ts";
export { listen } from "./listen.ts";
export { guardLoopback } from "./loopback-guard.ts";
export { FailedSignIns, SendRates } from "./rate-limits.ts";
export { refuseUpgrade } from "./raw-errors.ts";
export { requestIds } from "./request-id.ts";
