import { LIMITS } from "@stairwell/protocol";
import { directory as routes, rooms } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Db, Reader } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import { totalOf } from "../lib/page.ts";
import { searchFold } from "../lib/slug.ts";
import type { Identities } from "../participants/index.ts";
import { accessRoomByAlias, ListedRooms, roomsText, roomView } from "../rooms/index.ts";
import { countArchived, listArchived } from "./archived.store.ts";
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
  const listed = new ListedRooms(identities);
  const textOf = async (reader: Reader, actor: Actor, rooms: readonly { readonly roomNo: number }[]) => {
    const roomNos = rooms.map(({ roomNo }) => roomNo);
    const found = await listed.find(reader, actor.tenant, roomNos);
    return roomsText({ reader, identities, actor, now: clock.now() }, found);
  };
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
        const page = await listRooms(reader, actor, asked, after, limit);
        const { hasMore, counted } = page;
        const last = page.rooms.at(-1);
        return {
          json: await textOf(reader, actor, page.rooms),
          meta: {
            has_more: hasMore,
            next_cursor: hasMore ? cursors.encode(scope, [last!.sortKey, last!.roomNo]) : null,
            ...totalOf(counted),
          },
        };
      });
    }),
    reply(rooms.listArchivedRooms, ({ actor, query }) => {
      const who = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
      const scope = { ...who, operation: rooms.listArchivedRooms.operationId, filters: {} };
      const limit = query.limit ?? ROOMS_PAGE;
      const [archivedAt, roomNo] = query.cursor === undefined ? [] : cursors.decode(scope, query.cursor);
      const after = archivedAt == null ? undefined : { archivedAt: Number(archivedAt), roomNo: Number(roomNo) };
      return db.snapshot(async (reader) => {
        const found = await listArchived(reader, who, after, limit + 1);
        const page = found.slice(0, limit);
        const last = page.at(-1);
        return {
          json: await textOf(reader, actor, page),
          meta: {
            has_more: found.length > limit,
            next_cursor: found.length > limit ? cursors.encode(scope, [last!.archivedAt, last!.roomNo]) : null,
            ...totalOf(await countArchived(reader, who, LIMITS.exactTotal)),
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
