import type { Static } from "typebox";
import { Type } from "../../schema/index.ts";
import type { Fqid } from "../../ids.ts";
import { type LeaveCause, type MemberState, POWER, type RoomState } from "../state.ts";
import { eventKind, type LoggedEvent } from "./kind.ts";

export const MEMBER = "swp.room.member";

export const MemberContent = Type.Object({
  participant: Type.Unsafe<Fqid>(Type.String()),
  membership: Type.Union([Type.Literal("invite"), Type.Literal("join"), Type.Literal("leave"), Type.Literal("ban")]),
  cause: Type.Optional(Type.Unsafe<LeaveCause>(Type.String())),
  reason: Type.Optional(Type.String()),
  /** RFC 3339, UTC, milliseconds, as all times that people read. */
  expires_at: Type.Optional(Type.String()),
  invited_by: Type.Optional(Type.Unsafe<Fqid>(Type.String())),
  cause_event_id: Type.Optional(Type.String()),
});
export type MemberContent = Static<typeof MemberContent>;

export const member = eventKind({
  type: MEMBER,
  content: MemberContent,
  subject: (content) => content.participant,
  apply: (room, before, content, event) => {
    const after = standing(room, before, content, event);
    return { room: counted(room, before, after), member: after };
  },
});

function standing(
  room: RoomState,
  before: MemberState | undefined,
  content: MemberContent,
  event: LoggedEvent,
): MemberState {
  const wasJoined = before?.membership === "join";
  const gone: MemberState = {
    fqid: content.participant,
    membership: content.membership,
    powerLevel: POWER.member,
    joinedPosition: before?.joinedPosition ?? null,
    joinedAt: before?.joinedAt ?? null,
    leftPosition: wasJoined ? event.position : (before?.leftPosition ?? null),
    invitedBy: null,
    cause: content.cause ?? null,
    reason: content.reason ?? null,
    banExpiresAt: content.expires_at === undefined ? null : Date.parse(content.expires_at),
    powerAtLeave: wasJoined && content.cause === "left" ? before.powerLevel : null,
    position: event.position,
  };
  switch (content.membership) {
    case "invite":
      return { ...gone, invitedBy: content.invited_by ?? event.sender };
    case "join":
      return {
        ...gone,
        powerLevel: powerOnJoin(room, event.position),
        joinedPosition: event.position,
        joinedAt: event.hubTs,
        leftPosition: before?.leftPosition ?? null,
        invitedBy: before?.membership === "invite" ? before.invitedBy : null,
      };
    case "leave":
    case "ban":
      return gone;
  }
}

/**
 * Whoever joins starts with 0, the creator and former admins too (spec/model.md, "Member"). Two exceptions:
 * both sides of a DM, and the event right after the create event, which makes its creator a member.
 */
function powerOnJoin(room: RoomState, position: number): number {
  return room.roomType === "dm" || position === 2 ? POWER.admin : POWER.member;
}

/** The room with its counters moved by one member's change. */
export function counted(room: RoomState, before: MemberState | undefined, after: MemberState): RoomState {
  const moved = (is: (m: MemberState | undefined) => boolean) => Number(is(after)) - Number(is(before));
  return {
    ...room,
    joinedCount: room.joinedCount + moved((m) => m?.membership === "join"),
    invitedCount: room.invitedCount + moved((m) => m?.membership === "invite"),
    adminCount: room.adminCount + moved((m) => m?.membership === "join" && m.powerLevel === POWER.admin),
  };
}
