import { destination, pino } from "pino";
import { systemClock, wireTime } from "./clock.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Structured lines. Never in `facts`: tokens, bodies, names of rooms, query strings. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** So many characters wait for standard error to take them again; lines beyond are lost. */
const MOST_WAITING = 1_000_000;

/**
 * JSON lines on standard error; `err` in the facts is written with its stack and causes. Where nobody reads them, or the
 * disk that they go to is full, lines are lost and nothing else.
 */
export function createLog(level: LogLevel): Log {
  // Written at once: a line about the reason of a crash must not be lost in a buffer.
  const lines = destination({ fd: 2, sync: true, maxLength: MOST_WAITING });
  lines.on("error", () => {});
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${wireTime(systemClock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}
