import { StairwellError } from "@stairwell/protocol";
import { ops } from "@stairwell/protocol/api";
import type { Draining } from "./draining.ts";
import { type Endpoint, reply } from "./endpoint.ts";

/** A store that does not answer within this time is not there. */
const PATIENCE_MS = 2000;

/**
 * Whether the parts that requests need can be reached; rejects when one cannot. Answers the names of those that are
 * missed but not needed.
 */
export type ReadyCheck = () => Promise<readonly string[] | void>;

/** The probes: open, never refused by a server that stops, and silent about what is wrong, which the log has. */
export function opsEndpoints(isReady: ReadyCheck, draining: Draining): Endpoint[] {
  const alive = () => ({ data: { ok: true as const } });
  return [
    reply(ops.getLiveness, alive),
    reply(ops.getHealth, alive),
    reply(ops.getReadiness, async () => {
      draining.check();
      const degraded = (await withinPatience(isReady())) ?? [];
      return { data: { ok: true as const, ...(degraded.length > 0 && { degraded: [...degraded] }) } };
    }),
  ];
}

async function withinPatience<T>(check: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    return await Promise.race([check, timeout]);
  } catch (cause) {
    throw new StairwellError("SW_UNAVAILABLE", { message: "The server is not ready.", cause });
  } finally {
    clearTimeout(timer);
  }
}
