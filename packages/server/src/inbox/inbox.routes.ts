import { inbox as routes } from "@stairwell/protocol/api";
import type { Db } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import type { Identities } from "../participants/index.ts";
import { inboxJson } from "./inbox.view.ts";
import { listInbox } from "./list-inbox.ts";

const USUAL_LIMIT = 50;

export interface InboxParts {
  db: Db;
  identities: Identities;
  clock: Pick<Clock, "now">;
  cursors: Cursors;
}

export function inboxRoutes({ db, identities, clock, cursors }: InboxParts): Endpoint[] {
  return [
    reply(routes.getInbox, ({ actor, query }) => {
      const { limit = USUAL_LIMIT, cursor, kind } = query;
      const owner = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo, fqid: actor.fqid };
      const scope = { ...owner, operation: routes.getInbox.operationId, filters: { kind } };
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursors.decode(scope, cursor)[0]);
      return db.snapshot(async (reader) => {
        const found = await listInbox(reader, owner, { kind, before, limit: limit + 1 });
        const page = found.slice(0, limit);
        const hasMore = found.length > limit;
        return {
          json: await inboxJson({ reader, identities, actor, now: clock.now() }, page),
          meta: { has_more: hasMore, next_cursor: hasMore ? cursors.encode(scope, [page.at(-1)!.seq]) : null },
        };
      });
    }),
  ];
}
