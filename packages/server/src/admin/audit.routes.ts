import { type Fqid, invalid } from "@stairwell/protocol";
import { admin as routes } from "@stairwell/protocol/api";
import { listRecords, OPERATOR } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Cursors } from "../lib/cursor.ts";
import { parseTime } from "../lib/rfc3339.ts";
import type { Identities } from "../participants/index.ts";
import { auditViews } from "./audit.view.ts";

const USUAL_LIMIT = 50;
/** An id that is nobody's finds nothing, as an id of another tenant does (AP2). */
const NOBODY = "@nobody:" as Fqid;

export function auditRoutes({
  db,
  cursors,
  identities,
}: {
  db: Db;
  cursors: Cursors;
  identities: Identities;
}): Endpoint[] {
  return [
    reply(routes.listAudit, ({ actor: { tenant, participantNo }, query }) => {
      const { limit = USUAL_LIMIT, cursor, ...filters } = query;
      const { tenantNo } = tenant;
      const scope = { tenantNo, participantNo, operation: routes.listAudit.operationId, filters };
      const [before] = cursor === undefined ? [] : (cursors.decode(scope, cursor) as [number]);
      const [from, to] = [timeOf("?from", query.from), timeOf("?to", query.to)];
      return db.snapshot(async (reader) => {
        const fqidOf = async (id: string | undefined) =>
          id === undefined ? undefined : ((await identities.byId(reader, tenantNo, id))?.fqid ?? NOBODY);
        const found = await listRecords(
          reader,
          tenantNo,
          {
            action: query.action,
            actor: query.actor === OPERATOR ? OPERATOR : await fqidOf(query.actor),
            target: await fqidOf(query.target),
            roomId: query.room_id,
            from,
            to,
          },
          before,
          limit + 1,
        );
        const page = found.slice(0, limit);
        const hasMore = found.length > limit;
        const next_cursor = hasMore ? cursors.encode(scope, [page.at(-1)!.number]) : null;
        return {
          data: await auditViews(reader, identities, tenantNo, page),
          meta: { has_more: hasMore, next_cursor },
        };
      });
    }),
  ];
}

function timeOf(path: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = parseTime(text);
  if (at === undefined) throw invalid(path, "is no RFC 3339 time");
  return at;
}
