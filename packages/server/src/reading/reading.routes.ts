import { reading as routes } from "@stairwell/protocol/api";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import { changeSettings, type ChangeSettingsParts, settingsView } from "./change-settings.ts";
import { markRead, type MarkReadParts, readView } from "./mark-read.ts";
import { muteEnd } from "./mute-end.ts";
import { unreadRooms } from "./unread.ts";
import { unreadView } from "./unread.view.ts";

export function readingRoutes(parts: MarkReadParts & ChangeSettingsParts & { clock: Pick<Clock, "now"> }): Endpoint[] {
  const { db, clock } = parts;
  return [
    reply(routes.markRead, async ({ actor, params, body }) => {
      return { data: readView(await markRead(parts, actor, params.room_id, body.event_id)) };
    }),
    reply(routes.setNotificationMode, async ({ actor, params, body }) => {
      const settings = await changeSettings(parts, actor, params.room_id, { mode: body.mode });
      return { data: settingsView(settings, clock.now()) };
    }),
    reply(routes.setMute, async ({ actor, params, body }) => {
      const mutedUntil = muteEnd(body, clock.now());
      const settings = await changeSettings(parts, actor, params.room_id, { mutedUntil });
      return { data: settingsView(settings, clock.now()) };
    }),
    reply(routes.getUnread, async ({ actor, query }) => {
      const who = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
      const rooms = await db.snapshot((reader) => unreadRooms(reader, who, clock.now(), query.explain === 1));
      return { data: unreadView(rooms) };
    }),
  ];
}
