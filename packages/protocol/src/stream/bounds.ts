import { LIMITS } from "../limits.ts";

/** Every bound of the stream. Times are milliseconds, sizes bytes. */
export const STREAM = {
  /** A client's frame: content of full size with every character escaped, and its envelope. */
  frameBytes: LIMITS.bodyBytes,
  /** Pieces of one message: an honest client sends one. */
  fragments: 64,
  /** Frames of a client, pings and pongs among them; sends have their own limit besides. */
  framesPerSecond: 2000,
  framesAtOnce: 4000,
  /** Bytes of one client's frames that are carried out at a time; further ones stay with the network. */
  underWayBytes: 256 * 1024,
  /** What may wait for a slow reader. */
  bufferBytes: 1024 * 1024,
  heartbeatMs: 30_000,
  /** For a client to answer a close, and to read what was sent before it. */
  closingMs: 10_000,
  /** Events that a resume brings; beyond it the client reloads (ST3). */
  resumeEvents: 10_000,
  resumeMs: 30 * 24 * 3600 * 1000,
  ticketMs: 30_000,
  /** Streams one person may have open, and polls that may wait. */
  streamsAPerson: 200,
  pollsAPerson: 50,
  syncEvents: 500,
  syncMs: 60_000,
  typingMs: 4000,
  /** Whoever comes back within it was never offline. */
  presenceMs: 10_000,
} as const;
