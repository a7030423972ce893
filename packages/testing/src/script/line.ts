import type { Cast } from "./cast.ts";

/** A kind of line: what it looks like, and what it does with its parts. */
export type Line = [pattern: RegExp, does: (cast: Cast, ...parts: string[]) => Promise<void>];
