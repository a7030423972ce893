import { directory as routes } from "@stairwell/protocol/api";
import type { Db } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import { totalOf } from "../lib/page.ts";
import { searchFold } from "../lib/slug.ts";
import type { Identities } from "../participants/index.ts";
import { accessRoomByAlias, type RoomView, roomView } from "../rooms/index.ts";
import { listRooms } from "./list-rooms.ts";
import type { RoomsQuery } from "./rooms.store.ts";

const ROOMS_PAGE = 50;

export interface DirectoryParts {
  db: Db;
  identities: Identities;
  clock: Pick<Clock, "now">;
  cursors: Cursors;
}

/** The directory of rooms; that of people is with the participants. */
export function directoryRoutes({ db, identities, clock, cursors }: DirectoryParts): Endpoint[] {
  return [
    reply(routes.listRooms, ({ actor, query }) => {
      const { limit = ROOMS_PAGE, cursor, ...filters } = query;
      const scope = {
        tenantNo: actor.tenant.tenantNo,
        participantNo: actor.participantNo,
        operation: routes.listRooms.operationId,
        filters,
      };
      const asked: RoomsQuery = {
        state: query.state ?? "open",
        sort: query.sort ?? "activity",
        q: query.q === undefined ? undefined : searchFold(query.q),
        roomType: query.room_type,
        workspaceId: query.workspace_id,
        membership: query.membership,
      };
      const [sortKey, roomNo] = cursor === undefined ? [] : cursors.decode(scope, cursor);
      const after = sortKey == null ? undefined : { sortKey, roomNo: Number(roomNo) };
      return db.snapshot(async (reader) => {
        const { rooms, hasMore, counted } = await listRooms(reader, actor, asked, after, limit);
        const parts = { reader, identities, actor, now: clock.now() };
        const data: RoomView[] = [];
        for (const room of rooms) data.push(await roomView(parts, room));
        const last = rooms.at(-1);
        return {
          data,
          meta: {
            has_more: hasMore,
            next_cursor: hasMore ? cursors.encode(scope, [last!.sortKey, last!.roomNo]) : null,
            ...totalOf(counted),
          },
        };
      });
    }),
    reply(routes.resolveAlias, ({ actor, params }) =>
      db.snapshot(async (reader) => {
        const now = clock.now();
        const { stored, facts } = await accessRoomByAlias(reader, actor, now, params.alias);
        return { data: await roomView({ reader, identities, actor, now }, stored, facts.actor.member) };
      }),
    ),
  ];
}
