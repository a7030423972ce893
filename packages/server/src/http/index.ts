/** The HTTP door: endpoints on Fastify, in the order of checks of AP1. */
export { buildDoor, type Door, type DoorParts } from "./app.ts";
export { SendRates } from "./rate-limits.ts";
