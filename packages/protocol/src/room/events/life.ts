import { Type } from "../../schema/index.ts";
import { eventKind } from "./kind.ts";

export const STATE = "swp.room.state";
export const FEDERATION = "swp.room.federation";

/** Open, archived, closed (spec/model.md, "Room"). Closed is terminal; a restore clears `archived_at`. */
export const life = eventKind({
  type: STATE,
  content: Type.Object({
    state: Type.Union([Type.Literal("open"), Type.Literal("archived"), Type.Literal("closed")]),
    reason: Type.Optional(Type.String()),
    cause_event_id: Type.Optional(Type.String()),
  }),
  apply: (room, _member, content, event) => ({
    room: {
      ...room,
      state: content.state,
      archivedAt: content.state === "archived" ? event.hubTs : content.state === "open" ? null : room.archivedAt,
      closedAt: content.state === "closed" ? event.hubTs : null,
    },
  }),
});

export const federation = eventKind({
  type: FEDERATION,
  content: Type.Object({ enabled: Type.Boolean() }),
  apply: (room, _member, content) => ({ room: { ...room, federated: content.enabled } }),
});
