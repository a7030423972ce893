import { MESSAGE } from "@stairwell/protocol/room";
import { messages as routes } from "@stairwell/protocol/api";
import type { JsonObject } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import { eventJson, sentJson } from "./event-json.ts";
import { listFiles } from "./files.ts";
import { messagesJson } from "./messages.view.ts";
import { accessHistory, listHistory, listThread, viewerOf } from "./read.ts";
import { send, type SendParts, type Sent } from "./send.ts";

export interface MessageParts extends SendParts {
  clock: Pick<Clock, "now">;
  cursors: Cursors;
  /** Charges events that a command appended beyond the one paid at the door; a negative number gives back. */
  charge: (actor: Actor, events: number) => void;
}

export function messageRoutes(parts: MessageParts): Endpoint[] {
  const { db, identities, clock, cursors } = parts;

  return [
    command(
      routes.sendMessage,
      async ({ actor, params, body }, receipt): Promise<Sent> => {
        const sent = await send(parts, actor, receipt, params.room_id, {
          content: body.content as JsonObject,
          eventType: body.event_type ?? MESSAGE,
          eventUuid: body.event_uuid ?? null,
          asParticipantId: body.as_participant_id ?? null,
        });
        // A repeat appended nothing, and is given back what the door took for it.
        if (sent.appended !== 1) parts.charge(actor, sent.appended - 1);
        return sent;
      },
      async ({ actor }, sent) => ({ json: await sentJson(parts, actor, sent) }),
    ),
    reply(routes.listMessages, async ({ actor, params, query }) => {
      const direction = query.direction ?? "back";
      const from = query.from === undefined ? undefined : Number(query.from);
      return db.snapshot(async (reader) => {
        const readable = await accessHistory(reader, actor, clock.now(), params.room_id);
        const page = { from, direction, limit: query.limit ?? 50 };
        const { events, hasMore } =
          query.thread === undefined
            ? await listHistory(reader, readable, page)
            : await listThread(reader, readable, query.thread, page);
        return {
          json: await messagesJson(reader, identities, readable.at, events, viewerOf(actor, readable)),
          meta: { has_more: hasMore, next_cursor: hasMore ? String(events.at(-1)!.position) : null },
        };
      });
    }),
    reply(routes.listFiles, async ({ actor, params, query }) => {
      const scope = {
        tenantNo: actor.tenant.tenantNo,
        participantNo: actor.participantNo,
        operation: routes.listFiles.operationId,
        filters: { room_id: params.room_id },
      };
      return db.snapshot(async (reader) => {
        const readable = await accessHistory(reader, actor, clock.now(), params.room_id);
        const [from] = query.cursor === undefined ? [] : cursors.decode(scope, query.cursor);
        const { files, next } = await listFiles(
          reader,
          identities,
          readable,
          from == null ? undefined : Number(from),
          query.limit ?? 50,
        );
        const next_cursor = next === undefined ? null : cursors.encode(scope, [next]);
        return { data: files, meta: { has_more: next !== undefined, next_cursor } };
      });
    }),
    reply(routes.getEvent, async ({ actor, params }) => ({
      json: await eventJson(parts, actor, params.room_id, params.event_id),
    })),
  ];
}
