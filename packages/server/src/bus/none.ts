import type { Bus } from "./port.ts";

const silent = { fault: undefined, publish() {}, subscribe() {}, async close() {} };

/** Of a node that has its store for itself. */
export const NO_OTHERS: Bus = { ...silent, hasOthers: false, isWell: true };

/** Of nodes that share a store and have nothing to wake each other with: they look often. */
export const NO_BUS: Bus = { ...silent, hasOthers: true, isWell: false };
