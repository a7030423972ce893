import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { ManagedRoom } from "./admin-rooms.ts";
import { FqidElsewhere, Member, Nullable, Reason, RoomParams, strict } from "./shapes.ts";

const tag = "federation";

export const federateRoom = route({
  operationId: "federateRoom",
  method: "PUT",
  path: "/v1/admin/rooms/{room_id}/federate",
  tag,
  summary: "Open a room to other servers, or end that",
  description:
    "Not of DMs, incognito or frozen rooms. The end is the last event that leaves this server; people of other servers are " +
    "removed with cause `defederated` (FD10). On a room of another server `false` makes all of ours leave.",
  access: "admin",
  params: RoomParams,
  body: Type.Object({ enabled: Type.Boolean() }, strict),
  statuses: [200],
  data: ManagedRoom,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_TYPE_INVARIANT", "SW_ROOM_FROZEN"],
});

export const inviteFederated = route({
  operationId: "inviteFederated",
  method: "POST",
  path: "/v1/admin/rooms/{room_id}/federation/invite",
  tag,
  summary: "Invite somebody of another server",
  description: "They see the room among their invites on their own server, and join there (FD11).",
  access: "admin",
  params: RoomParams,
  body: Type.Object({ fqid: FqidElsewhere, reason: Type.Optional(Reason) }, strict),
  statuses: [200],
  data: Member,
  errors: [
    "SW_ROOM_NOT_FOUND",
    "SW_ROOM_FROZEN",
    "SW_FED_NOT_FEDERATED",
    "SW_FED_POLICY",
    "SW_FED_PEER_UNKNOWN",
    "SW_FED_PEER_UNREACHABLE",
    "SW_FED_OUTCOME_UNKNOWN",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_ROOM_FORBIDDEN",
    "SW_ROOM_CAPACITY",
  ],
});

export const backfillRoom = route({
  operationId: "backfillRoom",
  method: "POST",
  path: "/v1/admin/rooms/{room_id}/federation/backfill",
  tag,
  summary: "Fetch older history of a room from its server",
  description:
    "Each event is held against the chain of those that are here (FD12). At the room's own server all is zero.",
  access: "admin",
  params: RoomParams,
  body: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })) }, strict),
  statuses: [200],
  data: Type.Object({
    fetched: Type.Integer({ minimum: 0 }),
    stored: Type.Integer({ minimum: 0 }),
    rejected: Type.Integer({ minimum: 0 }),
    oldest_position: Type.Integer({ minimum: 0 }),
    has_more: Type.Boolean(),
  }),
  errors: ["SW_ROOM_NOT_FOUND", "SW_FED_PEER_UNKNOWN", "SW_FED_PEER_UNREACHABLE", "SW_FED_OUTCOME_UNKNOWN"],
});

export const listRecoveries = route({
  operationId: "listRecoveries",
  method: "GET",
  path: "/v1/admin/federation/recovery",
  tag,
  summary: "Whom the server waits for after it was restored",
  description:
    "After a restore nothing is sequenced in a shared room before the servers that have its log were asked for what came " +
    "after the backup (FD17). The first 1,000 that are still to be asked.",
  access: "admin",
  statuses: [200],
  data: Type.Array(
    Type.Object({
      room_id: Type.String(),
      server_name: Type.String(),
      last_error: Nullable(Type.String({ description: "Why it has not answered, or not rightly." })),
    }),
  ),
  errors: [],
});

export const goOnWithout = route({
  operationId: "goOnWithout",
  method: "POST",
  path: "/v1/admin/federation/recovery",
  tag,
  summary: "Go on without what a server has",
  description:
    "For a server that does not come back. If it has something of a room that nobody else has given back, it will find two " +
    "logs and take nothing more of the room.",
  access: "admin",
  body: Type.Object({ without: Type.String({ minLength: 1, maxLength: 260 }) }, strict),
  statuses: [200],
  data: Type.Object({ rooms: Type.Integer({ minimum: 0, description: "For how many rooms it was waited for." }) }),
  errors: [],
});

const Branch = Type.Object({
  position: Type.Integer({ minimum: 1, description: "Where the two part." }),
  hash: Type.String({ description: "Of the event there." }),
  is_here: Type.Boolean({ description: "It is the one that is shown here." }),
  chosen: Type.Boolean(),
  head: Type.Object({
    room_id: Type.String(),
    position: Type.Integer({ minimum: 1 }),
    hash: Type.String(),
    key_id: Type.String(),
    signature: Type.String({ description: "Base64, by the room's server." }),
  }),
  events: Type.Array(
    Type.Object({}, { additionalProperties: true, description: "Envelope, hash and signatures; never what was said." }),
  ),
});

const Conflict = Type.Object({
  room_id: Type.String(),
  state: Type.String({ description: "`conflict` while the room is frozen." }),
  branches: Type.Array(Branch),
});

const conflict = {
  path: "/v1/admin/rooms/{room_id}/federation/conflict",
  tag,
  access: "admin",
  params: RoomParams,
  statuses: [200],
  data: Conflict,
} as const;

export const getConflict = route({
  ...conflict,
  operationId: "getConflict",
  method: "GET",
  summary: "What proves that a room's server has said two things",
  description: "The heads that it signed, and the chains from where they part up to each (FD17). Kept after a choice.",
  errors: ["SW_ROOM_NOT_FOUND"],
});

export const chooseBranch = route({
  ...conflict,
  operationId: "chooseBranch",
  method: "POST",
  summary: "Choose one of two logs of a frozen room",
  description:
    "By the hash of its head. The other one is fetched from the room's server and takes the place of what is here from where " +
    "they part; the proof of both is kept (FD17). To take part no more, end the sharing instead.",
  body: Type.Object({ choose: Type.String({ minLength: 64, maxLength: 64 }) }, strict),
  errors: ["SW_ROOM_NOT_FOUND", "SW_MEMBER_STATE", "SW_FED_PEER_UNREACHABLE", "SW_FED_SIGNATURE"],
});
