import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import {
  Cursor,
  Id,
  Limit,
  Member,
  MembershipName,
  Nullable,
  PageMeta,
  ParticipantSummary,
  Reason,
  RoomParams,
  Timestamp,
  strict,
} from "./shapes.ts";

const tag = "members";
const gone = ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_FROZEN"] as const;

export const listMembers = route({
  operationId: "listMembers",
  method: "GET",
  path: "/v1/rooms/{room_id}/members",
  tag,
  summary: "List members in the order they joined",
  access: "read",
  params: RoomParams,
  query: Type.Object(
    {
      membership: Type.Optional(MembershipName),
      q: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.queryLength })),
      limit: Type.Optional(Limit(500, 100)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(Member),
  meta: PageMeta,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const listBans = route({
  operationId: "listBans",
  method: "GET",
  path: "/v1/rooms/{room_id}/bans",
  tag,
  summary: "List the bans that hold",
  description: "With power 50, in the order in which they were made; one that has ended is a `leave` (MB13).",
  access: "read",
  params: RoomParams,
  query: Type.Object({ limit: Type.Optional(Limit(500, 100)), cursor: Type.Optional(Cursor) }, strict),
  statuses: [200],
  data: Type.Array(
    Type.Object({
      participant_id: Type.String(),
      reason: Nullable(Type.String()),
      expires_at: Nullable(Timestamp),
      banned_by: Nullable(Type.String({ description: "participant_id of who made or last changed the ban" })),
      banned_at: Timestamp,
      participant: ParticipantSummary,
    }),
  ),
  meta: PageMeta,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const inviteMember = route({
  operationId: "inviteMember",
  method: "POST",
  path: "/v1/rooms/{room_id}/invite",
  tag,
  summary: "Invite somebody",
  description:
    "Names the person by `participant_id` or `fqid`, one of the two. Somebody of another server by `fqid`, where the room is federated and policy lets members invite (FD11).",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object(
    { participant_id: Type.Optional(Id), fqid: Type.Optional(Id), reason: Type.Optional(Reason) },
    strict,
  ),
  statuses: [200],
  data: Member,
  errors: [
    ...gone,
    "SW_ROOM_TYPE_INVARIANT",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_ROOM_CAPACITY",
    "SW_FED_NOT_FEDERATED",
    "SW_FED_POLICY",
    "SW_FED_PEER_UNKNOWN",
  ],
});

export const joinRoom = route({
  operationId: "joinRoom",
  method: "POST",
  path: "/v1/rooms/{room_id}/join",
  tag,
  summary: "Join a public room, or accept an invite",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({}, strict),
  bodyOptional: true,
  statuses: [200],
  data: Member,
  errors: [...gone, "SW_ROOM_CAPACITY"],
});

export const leaveRoom = route({
  operationId: "leaveRoom",
  method: "POST",
  path: "/v1/rooms/{room_id}/leave",
  tag,
  summary: "Leave a room, or decline an invite",
  access: "write",
  charged: true,
  pending: true,
  params: RoomParams,
  body: Type.Object({ reason: Type.Optional(Reason) }, strict),
  bodyOptional: true,
  statuses: [200],
  data: Member,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const kickMember = route({
  operationId: "kickMember",
  method: "POST",
  path: "/v1/rooms/{room_id}/kick",
  tag,
  summary: "Remove a member, or revoke an invite",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({ participant_id: Id, reason: Type.Optional(Reason) }, strict),
  statuses: [200],
  data: Member,
  errors: [...gone, "SW_ROOM_TYPE_INVARIANT", "SW_PARTICIPANT_NOT_FOUND", "SW_MEMBER_STATE"],
});

export const banMember = route({
  operationId: "banMember",
  method: "POST",
  path: "/v1/rooms/{room_id}/ban",
  tag,
  summary: "Ban somebody, for a time or for good",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object(
    { participant_id: Id, reason: Type.Optional(Reason), expires_at: Type.Optional(Nullable(Timestamp)) },
    strict,
  ),
  statuses: [200],
  data: Member,
  errors: [...gone, "SW_ROOM_TYPE_INVARIANT", "SW_PARTICIPANT_NOT_FOUND"],
});

export const unbanMember = route({
  operationId: "unbanMember",
  method: "POST",
  path: "/v1/rooms/{room_id}/unban",
  tag,
  summary: "End a ban",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({ participant_id: Id }, strict),
  statuses: [200],
  data: Member,
  errors: [...gone, "SW_ROOM_TYPE_INVARIANT", "SW_PARTICIPANT_NOT_FOUND"],
});

export const setPowerLevel = route({
  operationId: "setPowerLevel",
  method: "PUT",
  path: "/v1/rooms/{room_id}/members/{participant_id}/power-level",
  tag,
  summary: "Set a member's power level",
  access: "write",
  charged: true,
  params: Type.Object({ room_id: Id, participant_id: Id }, strict),
  body: Type.Object({ power_level: Type.Integer({ minimum: 0, maximum: 100 }) }, strict),
  statuses: [200],
  data: Member,
  errors: [...gone, "SW_ROOM_TYPE_INVARIANT", "SW_PARTICIPANT_NOT_FOUND", "SW_MEMBER_STATE", "SW_ROOM_LAST_ADMIN"],
});
