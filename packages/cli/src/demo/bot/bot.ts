import { setTimeout as wait } from "node:timers/promises";
import { StairwellApiError, StairwellClient, StairwellNetworkError } from "@stairwell/client";
import { reading } from "@stairwell/protocol/api";
import { answerIn } from "./answer-in.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 400;
/** And after a look that failed. */
const FAILED_MS = 3000;

export interface BotOptions {
  readonly url: string;
  readonly token: string;
  readonly participantId: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Answers whoever mentions the bot, and everything in a direct room with it, until the signal comes. It is a client like
 * any other: it asks for what is unread and sends under its own token. Throws when its token is refused.
 */
export async function runBot({ url, token, participantId, signal }: BotOptions): Promise<void> {
  const client = new StairwellClient({ baseUrl: url, token, maxRetries: 0 });
  while (!signal.aborted) {
    let pause = LOOK_MS;
    try {
      const { data } = await client.request(reading.getUnread, { signal });
      for (const { room_id } of data.rooms) await answerIn(client, participantId, room_id, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      pause = FAILED_MS;
    }
    await wait(pause, undefined, { signal }).catch(() => {});
  }
}

/** A server that restarts, and a room from which the bot was just removed, are no reason to give up. */
function isPassing(error: unknown): boolean {
  return error instanceof StairwellNetworkError || (error instanceof StairwellApiError && error.status !== 401);
}
