import { TALK } from "../talk.ts";

/** A send whose reference and content tell when it was. Keys in canonical order, so that every server stores the same text. */
export function sendFrame(roomId: string, stamp: number): string {
  return (
    `{"type":"send","ref":"${stamp}","room_id":"${roomId}",` +
    `"content":{"at":${stamp},"body":"${TALK}","msgtype":"swp.text"}}`
  );
}
