import { type ErrorCode, type EventId, type RoomId, StairwellError } from "@stairwell/protocol";
import type { Refusal } from "../peers/index.ts";

/** A refusal as its person is told of it. */
export interface RefusedView {
  readonly id: EventId;
  readonly room_id: RoomId;
  readonly error: Refusal["error"] & { readonly code: ErrorCode; readonly message: string };
}

export function refusedView({ id, roomId, error }: Refusal): RefusedView {
  return { id, room_id: roomId, error: { ...error, message: new StairwellError(error.code).message } };
}
