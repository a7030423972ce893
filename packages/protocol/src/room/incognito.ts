import type { Decision, Draft } from "./decision.ts";
import { STATE } from "./events/index.ts";
import type { RoomState } from "./state.ts";

/** Whether these events close their room. */
export function closes(drafts: readonly Draft[]): boolean {
  return drafts.some(({ type, content }) => type === STATE && content.state === "closed");
}

/**
 * An incognito room's key goes as it closes (DEL2): what is appended then, and later, stays readable. So that nothing
 * that was said is among it, no reason that is given for it goes on record.
 */
export function withoutLastWords(room: RoomState | undefined, decision: Decision): Decision {
  if (room?.scopeKind !== "incognito" || !("drafts" in decision)) return decision;
  const { drafts } = decision;
  if (room.state !== "closed" && !closes(drafts)) return decision;
  return { drafts: drafts.map((draft) => ("reason" in draft.content ? withoutReason(draft) : draft)) };
}

function withoutReason({ type, sender, content, actedBy, causedBy }: Draft): Draft {
  const { reason: _reason, ...rest } = content;
  return {
    type,
    sender,
    content: rest,
    ...(actedBy === undefined ? {} : { actedBy }),
    ...(causedBy === undefined ? {} : { causedBy }),
  };
}
