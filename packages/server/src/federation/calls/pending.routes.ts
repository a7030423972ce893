import { StairwellError } from "@stairwell/protocol";
import { inbox as routes } from "@stairwell/protocol/api";
import type { Db } from "../../db/index.ts";
import { type Endpoint, reply } from "../../http/endpoint.ts";
import { listRefusals } from "../../peers/index.ts";
import { listPendingOf } from "../rows/proposals.store.ts";

/** So many of each. */
const MOST = 1000;

/** What somebody said in rooms of other servers and what has not become an event. */
export function pendingRoutes({ db }: { readonly db: Db }): Endpoint[] {
  return [
    reply(routes.listPending, ({ actor: { tenant, participantNo } }) =>
      db.snapshot(async (reader) => {
        const waiting = await listPendingOf(reader, tenant.tenantNo, participantNo, MOST);
        const refused = await listRefusals(reader, tenant.tenantNo, participantNo, 0, MOST);
        return {
          data: [
            ...waiting.map(({ event: { id, room_id, event_type, origin_ts, content } }) => ({
              id,
              room_id,
              state: "pending" as const,
              event_type,
              origin_ts,
              content,
            })),
            ...refused.map(({ id, roomId, error }) => ({
              id,
              room_id: roomId,
              state: "refused" as const,
              error: { ...error, message: new StairwellError(error.code).message },
            })),
          ],
        };
      }),
    ),
  ];
}
