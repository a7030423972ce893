/** Edits, redactions and reactions. */
import type { Named } from "./commands.ts";
import { MAY, mustHave, Refused, refusalOf } from "./guards.ts";
import { showable, withItsMedia } from "./media.ts";
import { type Done, known, ok } from "./objects.ts";
import * as said from "./said.ts";
import {
  CUSTOM,
  EDIT,
  type Event,
  isRedacted,
  MESSAGE,
  REACTION,
  REDACTION,
  type Room,
  type Who,
  type World,
} from "./world.ts";

const DAY = 24 * 3600 * 1000;

function eventAt(room: Room, position: number): Event {
  const event = room.log[position - 1];
  if (event === undefined) throw new Refused("SW_EVENT_NOT_FOUND");
  return event;
}

/** State events, and what is about another event, nobody said. */
function mustBeSaid({ type }: Event): void {
  if (type !== MESSAGE && type !== CUSTOM) throw new Refused("SW_REQUEST_INVALID");
}

/** EV3: the sender alone, within a day, and nothing that was redacted. The same again changes nothing. */
export function edit(world: World, command: Named<"edit">): Done {
  const { by, at, text, mentions, media } = command;
  const found = MAY.edit(world, world.rooms.get(command.room), by);
  const event = eventAt(found, at);
  if (event.type === MESSAGE) {
    for (const target of mentions ?? []) if (target !== "@room") known(world, { by, target });
    showable(world, found, media, by);
  }
  mustBeSaid(event);
  if (event.sender !== by || isRedacted(found, at)) throw new Refused("SW_EDIT_FORBIDDEN", "EV3");
  if (world.now - event.at! > DAY) throw new Refused("SW_EVENT_TOO_OLD_TO_EDIT", "EV3");
  const replyTo = event.content!.reply_to_event_id;
  const content = {
    body: text,
    ...(media === undefined ? {} : { media_id: media }),
    ...(mentions === undefined ? {} : { mentions: event.type === MESSAGE ? [...new Set(mentions)] : mentions }),
    // A message goes on answering what it answered; of a custom event nothing is read.
    ...(event.type === MESSAGE && replyTo !== undefined ? { reply_to_event_id: replyTo } : {}),
  };
  const { now } = said.saidBy(found, at, found.log.length);
  if (JSON.stringify(now) !== JSON.stringify(content)) said.edit(found, by, at, content);
  return { ...ok(found), position: at };
}

/** EV4: one's own, or with power 50. Again it changes nothing. */
export function redact(world: World, { by, room, at, reason }: Named<"redact">): Done {
  const found = MAY.redact(world, world.rooms.get(room), by);
  const event = eventAt(found, at);
  mustBeSaid(event);
  const isWeak = refusalOf(() => mustHave(50, found, by)) !== undefined;
  if (event.sender !== by && isWeak) throw new Refused("SW_REDACT_FORBIDDEN", "EV4", 50);
  if (!isRedacted(found, at)) withItsMedia(world, found, at, () => said.redact(found, by, at, reason));
  return { ...ok(found), position: at };
}

/** EV5: one for each event, person and emoji. */
export function react(world: World, { by, room, at, emoji }: Named<"react">): Done {
  const found = reactable(world, { by, room, at });
  if (isRedacted(found, at)) throw new Refused("SW_ROOM_FORBIDDEN", "EV5");
  if (!stands(found, at, emoji, by)) said.react(found, by, at, emoji, "add");
  return { ...ok(found), position: at };
}

export function unreact(world: World, { by, room, at, emoji }: Named<"unreact">): Done {
  const found = reactable(world, { by, room, at });
  if (stands(found, at, emoji, by)) said.react(found, by, at, emoji, "remove");
  return { ...ok(found), position: at };
}

function reactable(world: World, { by, room, at }: { by: Who; room: string; at: number }): Room {
  const found = MAY.react(world, world.rooms.get(room), by);
  const { type } = eventAt(found, at);
  if (type === EDIT || type === REACTION || type === REDACTION) throw new Refused("SW_REQUEST_INVALID");
  return found;
}

function stands(room: Room, position: number, emoji: string, who: Who): boolean {
  const reactions = said.reactionsTo(room, position, room.log.length);
  return reactions.some((one) => one.emoji === emoji && one.by.includes(who));
}
