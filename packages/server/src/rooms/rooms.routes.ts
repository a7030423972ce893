import { cleanName, cleanTopic } from "@stairwell/protocol";
import { rooms as routes } from "@stairwell/protocol/api";
import type { RoomCommand } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { findEvent, type Log } from "../events/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import { totalOf } from "../lib/page.ts";
import { accessMembers, memberViews } from "../members/index.ts";
import type { Identities } from "../participants/index.ts";
import type { Receipt } from "../receipts/index.ts";
import { findRoom, listedPosition, type Needs } from "../state/index.ts";
import { accessRoom, askCan } from "./access-room.ts";
import { changeRoom, type RoomChanged } from "./change-room.ts";
import { createRoom } from "./create.ts";
import { moveRoom } from "./move-room.ts";
import { openDm } from "./open-dm.ts";
import { roomView } from "./rooms.view.ts";

export interface RoomParts {
  db: Db;
  log: Log;
  identities: Identities;
  clock: Pick<Clock, "now">;
  cursors: Cursors;
  /** Charges events that a command appended beyond the one paid at the door. */
  charge: (actor: Actor, events: number) => void;
}

/** Members that `GET …/state` brings along. */
const FIRST_MEMBERS = 100;

export function roomRoutes(parts: RoomParts): Endpoint[] {
  const { db, identities, clock, cursors } = parts;

  const charged = <T extends { appended: number }>(actor: Actor, done: T): T => {
    if (done.appended > 1) parts.charge(actor, done.appended - 1);
    return done;
  };

  const change = async (
    actor: Actor,
    receipt: Receipt | undefined,
    roomId: string,
    what: RoomCommand,
    needs: Needs = {},
  ): Promise<RoomChanged> => charged(actor, await changeRoom(parts, actor, receipt, roomId, what, needs));

  /** The room after the caller's own command; for a repeat later on (AP6), only if the caller may see it by then. */
  const roomOf = ({ actor }: { actor: Actor }, { ref, appended }: Pick<RoomChanged, "ref"> & Partial<RoomChanged>) =>
    db.snapshot(async (reader) => {
      const now = clock.now();
      const isRepeat = appended === undefined;
      if (isRepeat) await accessRoom(reader, actor, now, ref.room_id);
      const stored = await findRoom(reader, actor.tenant.tenantNo, ref.room_id);
      return { data: await roomView({ reader, identities, actor, now }, stored!) };
    });

  return [
    command(
      routes.createRoom,
      async ({ actor, body }, receipt) => charged(actor, await createRoom(parts, actor, receipt, body)),
      async (asked, answer) => ({ ...(await roomOf(asked, answer)), meta: { invites: answer.ref.invites } }),
    ),
    command(
      routes.openDm,
      async ({ actor, body }, receipt) => charged(actor, await openDm(parts, actor, receipt, body.participant_id)),
      roomOf,
    ),
    reply(routes.getRoom, ({ actor, params }) =>
      db.snapshot(async (reader) => {
        const now = clock.now();
        const { stored, facts } = await accessRoom(reader, actor, now, params.room_id);
        return { data: await roomView({ reader, identities, actor, now }, stored, facts.actor.member) };
      }),
    ),
    reply(routes.getRoomState, ({ actor, params }) =>
      db.snapshot(async (reader) => {
        const now = clock.now();
        const first = { membership: "join" as const, q: undefined, after: undefined, limit: FIRST_MEMBERS };
        const page = await accessMembers(reader, actor, now, params.room_id, first);
        const room = await roomView({ reader, identities, actor, now }, page.at);
        const marker = room.me!.last_read_event_id && (await findEvent(reader, page.at, room.me!.last_read_event_id));
        const scope = {
          tenantNo: actor.tenant.tenantNo,
          participantNo: actor.participantNo,
          operation: "listMembers",
          filters: { room_id: params.room_id, membership: "join" },
        };
        return {
          data: {
            room,
            members: await memberViews({ reader, identities, viewerNo: actor.participantNo, now }, page.at, page.rows),
            members_meta: {
              has_more: page.hasMore,
              // Good for the members list itself, which goes on where this page ends.
              next_cursor: page.hasMore ? cursors.encode(scope, [listedPosition(page.rows.at(-1)!.member)]) : null,
              ...totalOf(page.counted),
            },
            unread: {
              last_read_event_id: room.me!.last_read_event_id,
              last_read_position: marker ? marker.position : 0,
              unread_count: room.me!.unread_count,
              mention_count: room.me!.mention_count,
            },
          },
        };
      }),
    ),
    reply(routes.canInRoom, ({ actor, params, query }) =>
      db.snapshot(async (reader) => {
        const target = query.target === undefined ? undefined : { participantId: query.target };
        const objection = await askCan(reader, actor, clock.now(), params.room_id, query.action, target);
        const refusal = objection?.refusal;
        return {
          data: {
            allowed: refusal === undefined,
            ...(refusal && { code: refusal.code }),
            rule: refusal?.rule ?? null,
            needed: refusal?.needed ?? null,
            actual: refusal?.actual ?? null,
          },
        };
      }),
    ),
    reply(routes.renameRoom, async ({ actor, params, body }) => {
      const name = cleanName(body.name, "/name");
      return roomOf({ actor }, await change(actor, undefined, params.room_id, { kind: "name", name }));
    }),
    reply(routes.setRoomTopic, async ({ actor, params, body }) => {
      const topic = cleanTopic(body.topic, "/topic");
      return roomOf({ actor }, await change(actor, undefined, params.room_id, { kind: "topic", topic }));
    }),
    reply(routes.moveRoom, async ({ actor, params, body }) =>
      roomOf({ actor }, await moveRoom(parts, actor, params.room_id, body.workspace_id)),
    ),
    reply(routes.setRoomVisibility, async ({ actor, params, body }) => {
      const isPublic = body.is_public;
      return roomOf({ actor }, await change(actor, undefined, params.room_id, { kind: "visibility", isPublic }));
    }),
    command(
      routes.archiveRoom,
      ({ actor, params, body }, receipt) =>
        change(actor, receipt, params.room_id, { kind: "archive", ...(body.reason && { reason: body.reason }) }),
      roomOf,
    ),
    command(
      routes.closeRoom,
      ({ actor, params, body }, receipt) =>
        change(actor, receipt, params.room_id, { kind: "close", ...(body.reason && { reason: body.reason }) }),
      roomOf,
    ),
    command(
      routes.rejoinRoom,
      ({ actor, params }, receipt) =>
        change(actor, receipt, params.room_id, { kind: "rejoin" }, { openRooms: true, enters: true }),
      roomOf,
    ),
  ];
}
