import type { Route } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { ProgressLines } from "./progress-lines.ts";

/** What the door knows of a request beside its bytes. */
declare module "fastify" {
  interface FastifyRequest {
    /** Monotonic milliseconds. */
    arrivedAt: number;
    /** The call, once its path is known; null for paths outside the route table. */
    route: Route | null;
    /** Whoever was authenticated; null before, and for open calls. */
    actor: Actor | null;
    /** What proved it, for whatever outlives the request. */
    credential: string | null;
    /** Hex SHA-256 of the body's bytes, where a repeat may be compared with it (AP6). */
    bodyHash: string | null;
    /** Why the body could not be read; thrown when it is needed. */
    bodyFault: Error | null;
    /** The answer, where it may come line by line. */
    lines: ProgressLines | null;
  }
}

/** The values a request starts with. */
export const NEW_REQUEST = {
  arrivedAt: 0,
  route: null,
  actor: null,
  credential: null,
  bodyHash: null,
  bodyFault: null,
  lines: null,
} as const;
