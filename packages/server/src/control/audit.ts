import { Type } from "@stairwell/protocol/schema";
import { type AuditAction, AuditActions } from "@stairwell/protocol/api";
import { fqidOf } from "@stairwell/protocol";
import { auditViews, type AuditView } from "../admin/index.ts";
import { listRecords, OPERATOR } from "../audit/index.ts";
import { Identities } from "../participants/index.ts";
import { operation } from "./operation.ts";
import { requireTenant } from "./tenants.ts";

const MOST = 10_000;

/** The newest acts on a tenant's audit, the oldest of them first. */
export const auditList = operation({
  input: Type.Object({
    tenant: Type.String(),
    limit: Type.Integer({ minimum: 1, maximum: MOST }),
    action: Type.Optional(Type.Unsafe<AuditAction>(Type.Union(AuditActions.map((action) => Type.Literal(action))))),
    /** A local id, or `operator`. */
    actor: Type.Optional(Type.String()),
    target: Type.Optional(Type.String()),
    room_id: Type.Optional(Type.String()),
  }),
  run: ({ db }, { tenant: slug, limit, action, actor, target, room_id: roomId }): Promise<AuditView[]> =>
    db.snapshot(async (reader) => {
      const { tenantNo, serverName } = await requireTenant(reader, slug);
      const fqid = (localId: string | undefined) => (localId === undefined ? undefined : fqidOf(localId, serverName));
      const by = actor === OPERATOR ? OPERATOR : fqid(actor);
      const filter = { action, actor: by, target: fqid(target), roomId };
      const records = await listRecords(reader, tenantNo, filter, undefined, limit);
      return auditViews(reader, new Identities(), tenantNo, records.toReversed());
    }),
});
