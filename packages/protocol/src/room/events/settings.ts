import { Type } from "../../schema/index.ts";
import { eventKind } from "./kind.ts";

/** The settings of a room that one event each replaces. */
export const NAME = "swp.room.name";
export const TOPIC = "swp.room.topic";
export const WORKSPACE = "swp.room.workspace";
export const VISIBILITY = "swp.room.visibility";

export const name = eventKind({
  type: NAME,
  content: Type.Object({ name: Type.String() }),
  apply: (room, _member, content) => ({ room: { ...room, name: content.name } }),
});

export const topic = eventKind({
  type: TOPIC,
  content: Type.Object({ topic: Type.Union([Type.String(), Type.Null()]) }),
  apply: (room, _member, content) => ({ room: { ...room, topic: content.topic } }),
});

export const workspace = eventKind({
  type: WORKSPACE,
  content: Type.Object({ workspace_id: Type.String() }),
  apply: (room, _member, content) => ({ room: { ...room, workspaceId: content.workspace_id } }),
});

export const visibility = eventKind({
  type: VISIBILITY,
  content: Type.Object({ is_public: Type.Boolean() }),
  apply: (room, _member, content) => ({ room: { ...room, isPublic: content.is_public } }),
});
