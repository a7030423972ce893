import { StairwellError } from "@stairwell/protocol";
import { admin as routes } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Cursors } from "../lib/cursor.ts";
import { pageMeta, totalOf } from "../lib/page.ts";
import { searchFold } from "../lib/slug.ts";
import type { Identities } from "../participants/index.ts";
import { findRoom } from "../state/index.ts";
import { redactedView, redactEvent } from "./redact-event.ts";
import { restoreRoom } from "./restore-room.ts";
import { countAllRooms, listAllRooms } from "./rooms.store.ts";
import { managedRoomView } from "./rooms.view.ts";

const USUAL_LIMIT = 50;

/** All rooms of the tenant, for its admins: metadata, never content (AP3). */
export function managedRoomRoutes(parts: { db: Db; log: Log; cursors: Cursors; identities: Identities }): Endpoint[] {
  const { db, cursors, identities } = parts;

  const shown = ({ actor, params }: { actor: Actor; params: { room_id: string } }) =>
    db.snapshot(async (reader) => {
      const stored = await findRoom(reader, actor.tenant.tenantNo, params.room_id);
      if (stored === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
      return { data: await managedRoomView(reader, identities, stored) };
    });

  return [
    reply(routes.listManagedRooms, ({ actor, query }) => {
      const { limit = USUAL_LIMIT, cursor, ...filters } = query;
      const { tenantNo } = actor.tenant;
      const operation = routes.listManagedRooms.operationId;
      const scope = { tenantNo, participantNo: actor.participantNo, operation, filters };
      const [before] = cursor === undefined ? [] : (cursors.decode(scope, cursor) as [number]);
      const filter = { ...filters, q: query.q === undefined ? undefined : searchFold(query.q) };
      return db.snapshot(async (reader) => {
        const found = await listAllRooms(reader, tenantNo, filter, before, limit + 1);
        const rooms = found.slice(0, limit);
        const next = found.length > limit ? [rooms.at(-1)!.roomNo] : undefined;
        const total = totalOf(await countAllRooms(reader, tenantNo, filter));
        const data = [];
        for (const room of rooms) data.push(await managedRoomView(reader, identities, room));
        return { data, meta: pageMeta(cursors, scope, { next, total }) };
      });
    }),

    reply(routes.getManagedRoom, shown),

    command(
      routes.restoreRoom,
      ({ actor, params, body }, receipt) => restoreRoom(parts, actor, receipt, params.room_id, body.participant_id),
      shown,
    ),

    command(
      routes.redactManagedEvent,
      ({ actor, params, body }, receipt) => redactEvent(parts, actor, receipt, params, body.reason),
      async ({ actor }, { ref }) => ({ data: await redactedView(db, actor, ref) }),
    ),
  ];
}
