/** Sending. */
import * as happens from "./changes.ts";
import * as said from "./said.ts";
import type { Send } from "./commands.ts";
import { entered, MAY, mustHave, Refused } from "./guards.ts";
import { showable } from "./media.ts";
import { available, type Done, known } from "./objects.ts";
import { CUSTOM, MESSAGE, type Room, type Who, type World } from "./world.ts";

/** EV1, EV6, DM4, PL4. */
export function send(world: World, command: Send): Done {
  const { by, uuid, as } = command;
  const found = entered(world, world.rooms.get(command.room), by);
  const content = contentOf(command);
  const type = command.custom === true ? CUSTOM : MESSAGE;
  const sender = as ?? by;
  const before =
    uuid === undefined ? -1 : found.log.findIndex((event) => event.uuid === uuid && event.sender === sender);
  if (before >= 0 && found.members.get(by)?.membership === "join") {
    const first = found.log[before]!;
    const isAlike = first.content === null || JSON.stringify(first.content) === JSON.stringify(content);
    if (isAlike && first.type === type && first.actedBy === (as && by)) {
      return { status: 201, room: found, position: before + 1 };
    }
    // What a bot has sent is told to nobody who may not send as it.
    if (as !== undefined) maySend(world, found, command);
    throw new Refused("SW_IDEMPOTENCY_CONFLICT", "EV1");
  }
  maySend(world, found, command);
  if (as === undefined) bringBack(world, found, by);
  const position = said.say(found, {
    type,
    content,
    sender,
    actedBy: as && by,
    uuid,
    replyTo: type === MESSAGE ? command.replyTo : undefined,
    at: world.now,
  });
  return { status: 201, room: found, position };
}

function maySend(world: World, room: Room, command: Send): void {
  const { by, as } = command;
  MAY.send(world, room, by);
  if (as !== undefined) {
    mustHave(100, room, by, "PL4");
    available(world, { by, target: as });
  }
  if (command.custom !== true) namesWhatIs(world, room, command);
  if (as === undefined) return;
  if (world.people.get(as)!.kind !== "bot") throw new Refused("SW_ROOM_FORBIDDEN", "PL4");
  if (room.members.get(as)?.membership !== "join") throw new Refused("SW_MEMBER_STATE", "PL4");
}

function contentOf({ text, replyTo, mentions, media, room }: Send): Record<string, unknown> {
  return {
    body: text,
    ...(media === undefined ? {} : { media_id: media }),
    ...(mentions === undefined ? {} : { mentions: [...new Set(mentions)] }),
    ...(replyTo === undefined ? {} : { reply_to_event_id: `${room}#${replyTo}` }),
  };
}

/** What a message names must be there: the event replied to in this room, the mentioned in this tenant, the file. */
function namesWhatIs(world: World, room: Room, { by, replyTo, mentions, media }: Send): void {
  if (replyTo !== undefined && room.log[replyTo - 1] === undefined) throw new Refused("SW_EVENT_NOT_FOUND");
  for (const target of mentions ?? []) if (target !== "@room") known(world, { by, target });
  showable(world, room, media, by);
}

/** DM4: the other side is back before the message, which is the cause. */
function bringBack(world: World, room: Room, by: Who): void {
  if (room.type !== "dm") return;
  const other = [...room.members.keys()].find((who) => who !== by)!;
  if (room.members.get(other)!.membership === "join" || world.out.has(other)) return;
  happens.join(room, other, null, `${room.key}#${room.log.length + 2}`);
}
