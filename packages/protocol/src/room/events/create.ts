import type { Static } from "typebox";
import { Type } from "../../schema/index.ts";
import type { Fqid } from "../../ids.ts";
import type { RoomState } from "../state.ts";
import type { LoggedEvent } from "./kind.ts";

/** The first event of every room. It makes the state that all others change. */
export const CREATE = "swp.room.create";

export const CreateContent = Type.Object({
  room_type: Type.Union([Type.Literal("group"), Type.Literal("public"), Type.Literal("incognito"), Type.Literal("dm")]),
  scope_kind: Type.Union([Type.Literal("incognito"), Type.Null()]),
  name: Type.Union([Type.String(), Type.Null()]),
  topic: Type.Union([Type.String(), Type.Null()]),
  is_public: Type.Boolean(),
  close_on_leave: Type.Boolean(),
});
export type CreateContent = Static<typeof CreateContent>;

export function created(event: LoggedEvent): RoomState {
  const content = event.content as CreateContent;
  return {
    roomType: content.room_type,
    scopeKind: content.scope_kind,
    name: content.name,
    topic: content.topic,
    isPublic: content.is_public,
    closeOnLeave: content.close_on_leave,
    creator: event.sender as Fqid,
    workspaceId: null,
    state: "open",
    federated: false,
    joinedCount: 0,
    invitedCount: 0,
    adminCount: 0,
    createdAt: event.hubTs,
    archivedAt: null,
    closedAt: null,
  };
}
