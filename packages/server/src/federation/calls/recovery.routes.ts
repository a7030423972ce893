import { admin as routes } from "@stairwell/protocol/api";
import { record } from "../../audit/index.ts";
import type { Db } from "../../db/index.ts";
import { command, type Endpoint, reply } from "../../http/endpoint.ts";
import { endRecoveriesOf, listRecoveries } from "../../peers/index.ts";
import { perform } from "../../receipts/index.ts";
import { findRoomByNo } from "../../state/index.ts";

/** Rows that are shown. */
const MOST = 1000;

/** What administrators see of a recovery after a restore, and how they end it. */
export function recoveryRoutes({ db }: { readonly db: Db }): Endpoint[] {
  return [
    reply(routes.listRecoveries, ({ actor }) =>
      db.snapshot(async (reader) => {
        const data = [];
        for (const { tenantNo, roomNo, serverName, lastError } of await listRecoveries(
          reader,
          actor.tenant.tenantNo,
          MOST,
        )) {
          const room = await findRoomByNo(reader, tenantNo, roomNo);
          if (room !== undefined) data.push({ room_id: room.roomId, server_name: serverName, last_error: lastError });
        }
        return { data };
      }),
    ),
    command(
      routes.goOnWithout,
      ({ actor, body }, receipt) =>
        perform(db, { tenantNo: actor.tenant.tenantNo }, receipt, async (tx) => {
          const { tenantNo } = actor.tenant;
          const rooms = await endRecoveriesOf(tx, tenantNo, body.without);
          if (rooms > 0) {
            const details = { without: body.without, rooms };
            await record(tx, { tenantNo, action: "federation.go_on", actor: actor.fqid, details });
          }
          return { status: 200 as const, ref: { rooms } };
        }),
      async (_, { ref }) => ({ data: ref }),
    ),
  ];
}
