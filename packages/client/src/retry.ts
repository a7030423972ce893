import type { Method } from "@stairwell/protocol/api";
import { StairwellApiError, StairwellNetworkError } from "./errors.ts";

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8000;
/** A server that asks for more patience than this gets none: the caller is told instead. */
const LONGEST_RETRY_AFTER_S = 60;

/** Whether a request may be sent again when nobody knows whether it took effect. */
export function isRepeatable(method: Method, idempotencyKey: string | undefined): boolean {
  return (
    method === "GET" || method === "PUT" || method === "DELETE" || (method === "POST" && idempotencyKey !== undefined)
  );
}

/** Milliseconds until the next attempt; undefined when another would not help. `attempt` counts from 0. */
export function retryDelay(error: unknown, attempt: number, random: () => number = Math.random): number | undefined {
  const usual = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  // Between half and all of it, so that clients that failed together do not come back together.
  const jittered = usual * (0.5 + random() / 2);
  if (error instanceof StairwellNetworkError) return jittered;
  if (!(error instanceof StairwellApiError) || !isPassing(error.status)) return undefined;
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds === undefined) return jittered;
  // Never before the time that was asked for, and not all at that time.
  return retryAfterSeconds > LONGEST_RETRY_AFTER_S ? undefined : retryAfterSeconds * 1000 + jittered * random();
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** `Retry-After` in seconds, whether the header holds seconds or a date. */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** Waits; rejects with the signal's reason when it fires first. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
