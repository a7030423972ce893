import type { Static } from "typebox";
import type { EventFrame, ServerFrames } from "./server-frames.ts";

/** An event as the stream tells it; its type has a dot, that of no other frame has. */
export type StreamEvent = Omit<Static<typeof EventFrame>, "type" | "content"> & {
  readonly type: `${string}.${string}`;
  readonly content: Readonly<Record<string, unknown>> | null;
};

/** What a server says. A later version may say what is not among these: pass over it. */
export type ServerFrame =
  | StreamEvent
  | { [K in keyof typeof ServerFrames]: Static<(typeof ServerFrames)[K]> }[keyof typeof ServerFrames];

export function isStreamEvent(frame: ServerFrame): frame is StreamEvent {
  return frame.type.includes(".");
}
