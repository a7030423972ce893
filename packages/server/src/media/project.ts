import { REDACTION, STATE } from "@stairwell/protocol/room";
import { findEvent, type Projection } from "../events/index.ts";
import { freeMedium } from "./free.ts";
import { insertUnsweptMedia } from "./loose.store.ts";
import { type NamedParts, projectNamed } from "./project-named.ts";
import { deleteRefsOf, isNamed } from "./refs.store.ts";

/**
 * A message of another server makes a medium of what it names (FD19). A redaction deletes the media that only its message
 * and the edits of that named (DEL1); a close of an incognito room has its media swept, which nobody can open from then on.
 */
export function projectMedia(parts: NamedParts): Projection {
  return async (tx, change) => {
    await projectNamed(parts, tx, change);
    await projectFreed(tx, change);
  };
}

const projectFreed: Projection = async (tx, { ref, event, content, before, after }) => {
  if (event.eventType === STATE && before.room?.scopeKind === "incognito" && after.room.state === "closed") {
    await insertUnsweptMedia(tx, ref);
    return;
  }
  if (event.eventType !== REDACTION) return;
  const target = await findEvent(tx, ref, String(content.event_id));
  if (target === undefined) return;
  for (const mediaNo of await deleteRefsOf(tx, ref, target.position)) {
    if (!(await isNamed(tx, ref.tenantNo, mediaNo))) await freeMedium(tx, ref.tenantNo, mediaNo);
  }
};
