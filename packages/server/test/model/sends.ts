/** Sending. */
import * as happens from "./changes.ts";
import * as said from "./said.ts";
import type { Send } from "./commands.ts";
import { entered, MAY, Refused } from "./guards.ts";
import { type Done, known } from "./objects.ts";
import { CUSTOM, MESSAGE, type Room, type Who, type World } from "./world.ts";

/** EV1, EV6, DM4. */
export function send(world: World, command: Send): Done {
  const { by, uuid } = command;
  const found = entered(world, world.rooms.get(command.room), by);
  const content = contentOf(command);
  const type = command.custom === true ? CUSTOM : MESSAGE;
  const before = uuid === undefined ? -1 : found.log.findIndex((event) => event.uuid === uuid && event.sender === by);
  if (before >= 0 && found.members.get(by)?.membership === "join") {
    const first = found.log[before]!;
    const isSame =
      first.type === type && (first.content === null || JSON.stringify(first.content) === JSON.stringify(content));
    if (!isSame) throw new Refused("SW_IDEMPOTENCY_CONFLICT", "EV1");
    return { status: 201, room: found, position: before + 1 };
  }
  MAY.send(world, found, by);
  if (type === MESSAGE) namesWhatIs(world, found, command);
  bringBack(world, found, by);
  const position = said.say(found, {
    type,
    content,
    sender: by,
    uuid,
    replyTo: type === MESSAGE ? command.replyTo : undefined,
    at: world.now,
  });
  return { status: 201, room: found, position };
}

function contentOf({ text, replyTo, mentions, room }: Send): Record<string, unknown> {
  return {
    body: text,
    ...(mentions === undefined ? {} : { mentions: [...new Set(mentions)] }),
    ...(replyTo === undefined ? {} : { reply_to_event_id: `${room}#${replyTo}` }),
  };
}

/** What a message names must be there: the event replied to in this room, the mentioned in this tenant. */
function namesWhatIs(world: World, room: Room, { by, replyTo, mentions }: Send): void {
  if (replyTo !== undefined && room.log[replyTo - 1] === undefined) throw new Refused("SW_EVENT_NOT_FOUND");
  for (const target of mentions ?? []) if (target !== "@room") known(world, { by, target });
}

/** DM4: the other side is back before the message, which is the cause. */
function bringBack(world: World, room: Room, by: Who): void {
  if (room.type !== "dm") return;
  const other = [...room.members.keys()].find((who) => who !== by)!;
  if (room.members.get(other)!.membership === "join") return;
  happens.join(room, other, null, `${room.key}#${room.log.length + 2}`);
}
