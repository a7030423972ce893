/** The stream's frames, close codes and bounds (spec/api.md, ST). */
export { STREAM } from "./bounds.ts";
export { type ClientFrame, ClientFrames } from "./client-frames.ts";
export { CLOSE, CLOSE_MEANING } from "./closes.ts";
export { isStreamEvent, type ServerFrame, type StreamEvent } from "./frames.ts";
export { EventFrame, ServerFrames } from "./server-frames.ts";
