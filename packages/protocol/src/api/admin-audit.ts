import { Type } from "../schema/index.ts";
import { AuditActions } from "./audit-actions.ts";
import { route } from "./route.ts";
import { Cursor, Id, Limit, Nullable, OneOf, PageMeta, strict, Timestamp } from "./shapes.ts";

const AuditAction = OneOf(AuditActions);

/** One act on record: who did what to whom. Never content, names of rooms, or texts of reasons. */
export const AuditRecord = Type.Object({
  number: Type.Integer({ minimum: 1, description: "1, 2, 3 … in the tenant, without gaps." }),
  at: Timestamp,
  action: AuditAction,
  // Whoever runs the deployment is the operator; what happens by itself is the server's.
  actor: OneOf(["participant", "server", "operator"]),
  actor_id: Nullable(Type.String({ description: "Of a participant." })),
  actor_fqid: Nullable(Type.String()),
  target_id: Nullable(Type.String({ description: "The participant acted on." })),
  target_fqid: Nullable(Type.String()),
  room_id: Nullable(Type.String()),
  event_id: Nullable(Type.String({ description: "The event of the room's log that says the same." })),
  details: Type.Object({}, { additionalProperties: true, description: "What else there is to know, by the action." }),
  request_id: Nullable(Type.String({ description: "`X-Request-Id` of the call." })),
});

export const listAudit = route({
  operationId: "listAudit",
  method: "GET",
  path: "/v1/admin/audit",
  tag: "admin",
  summary: "Who did what to whom: moderation and administration, newest first",
  description:
    "`actor` and `target` are participant ids; `actor` may also be `operator`. `from` is included, `to` is not. " +
    "Moderation is as the rooms' logs have it; of rooms that an admin is not in, too.",
  access: "admin",
  query: Type.Object(
    {
      action: Type.Optional(AuditAction),
      actor: Type.Optional(Id),
      target: Type.Optional(Id),
      room_id: Type.Optional(Id),
      from: Type.Optional(Timestamp),
      to: Type.Optional(Timestamp),
      limit: Type.Optional(Limit(200, 50)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(AuditRecord),
  meta: PageMeta,
  errors: [],
});
