import type { TestContext } from "node:test";
import { assertOk, type Person, StreamClient } from "@stairwell/testing";

/** Sends so many messages into a room over one stream, a window of them under way at a time; all are acknowledged. */
export async function sendMany(
  stream: StreamClient,
  room: string,
  count: number,
  body = "x",
  window = 64,
): Promise<void> {
  let sent = 0;
  const sendOneByOne = async (): Promise<void> => {
    while (sent < count) {
      const answer = await stream.ask({ type: "send", room_id: room, content: { body, n: sent++ } });
      if (answer.type !== "ack") throw new Error(JSON.stringify(answer));
    }
  };
  await Promise.all(Array.from({ length: window }, sendOneByOne));
}

/**
 * Sends into a room from now until the answer is called, which waits for what is under way. Over several streams,
 * since one alone could pass the bound of frames a second on a quick machine.
 */
export function keepSending(
  streams: readonly StreamClient[],
  room: string,
  body: string,
  window: number,
): () => Promise<number> {
  let isOver = false;
  let sent = 0;
  const sendOneByOne = async (_: unknown, lane: number): Promise<void> => {
    const stream = streams[lane % streams.length]!;
    while (!isOver) {
      const answer = await stream.ask({ type: "send", room_id: room, content: { body, n: sent++ } });
      if (answer.type !== "ack") throw new Error(JSON.stringify(answer));
    }
  };
  const sending = Promise.all(Array.from({ length: window }, sendOneByOne));
  return async () => {
    isOver = true;
    await sending;
    return sent;
  };
}

/** Several streams of one person. */
export function openStreams(t: TestContext, person: Person, count: number): Promise<StreamClient[]> {
  return Promise.all(Array.from({ length: count }, () => StreamClient.open(t, person)));
}

/** A stream that hears nothing of what it says: its person is in no other room, and their own events are let pass. */
export async function speaker(t: TestContext, person: Person, room: string): Promise<StreamClient> {
  assertOk(await person.post(`/v1/rooms/${room}/join`));
  return StreamClient.open(t, person);
}
