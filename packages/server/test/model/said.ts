/** What members say, and what becomes of it: each is an event at the end of the log. */
import { EDIT, type Event, hearers, MESSAGE, REACTION, REDACTION, type Room, type Who } from "./world.ts";

type Content = Record<string, unknown>;

const name = (room: Room, position: number): string => `${room.key}#${position}`;

/** A message or custom event, with who is told that it mentions them. Answers its position. */
export function say(
  room: Room,
  event: Pick<Event, "type" | "uuid" | "replyTo" | "actedBy"> & { sender: Who; content: Content; at: number },
): number {
  const named = event.type === MESSAGE ? namedIn(room, event.content) : [];
  const mentioned = named.filter((one) => isReached(room, event.sender, one));
  room.log.push({ ...event, due: hearers(room), mentioned });
  // EV7
  room.members.get(event.sender)!.marker = room.log.length;
  return room.log.length;
}

/** EV6: those named, and the author replied to. */
function namedIn(room: Room, { mentions, reply_to_event_id: replyTo }: Content): string[] {
  const author = typeof replyTo === "string" ? room.log[Number(replyTo.split("#")[1]) - 1]?.sender : undefined;
  return [...((mentions as string[] | undefined) ?? []), ...(author ? [author] : [])];
}

/** EV6: the joined are told, and everybody by one with power 50. */
function isReached(room: Room, sender: Who, named: string): boolean {
  if (named === "@room") return room.members.get(sender)!.power >= 50;
  return named !== sender && room.members.get(named)?.membership === "join";
}

function amend(room: Room, type: string, sender: Who | null, target: number, content: Content): void {
  const event = { type, sender, target, content: { event_id: name(room, target), ...content } };
  room.log.push({ ...event, due: hearers(room), mentioned: [] });
}

/** EV3. A mention that an edit leaves in stays as it was, one that it takes out goes, a new one is told (EV6). */
export function edit(room: Room, sender: Who, position: number, content: Content): void {
  amend(room, EDIT, sender, position, { content });
  const event = room.log[position - 1]!;
  if (event.type !== MESSAGE) return;
  event.mentioned = namedIn(room, content).filter(
    (one) => event.mentioned.includes(one) || isReached(room, sender, one),
  );
}

export function react(room: Room, sender: Who, position: number, emoji: string, action: "add" | "remove"): void {
  amend(room, REACTION, sender, position, { emoji, action });
}

/** EV4: what was said goes with its edits and reactions, and out of its thread; who, when and the hashes stay. */
export function redact(room: Room, sender: Who | null, position: number, reason: string | undefined): void {
  amend(room, REDACTION, sender, position, reason === undefined ? {} : { reason });
  const isGone = (event: Event, at: number): boolean =>
    at === position || (event.target === position && event.type !== REDACTION);
  for (const [i, event] of room.log.entries()) if (isGone(event, i + 1)) event.content = null;
  room.log[position - 1]!.replyTo = undefined;
}

/** What an event says to one who reads up to a position: the newest edit counts, if there is one. */
export function saidBy(room: Room, position: number, readsTo: number): { now: Content | null; edited: boolean } {
  const edits = room.log.slice(0, readsTo).filter(({ type, target }) => type === EDIT && target === position);
  const newest = edits.at(-1)?.content?.content as Content | undefined;
  return { now: newest ?? room.log[position - 1]!.content, edited: newest !== undefined };
}

/** EV5: the reactions that stand, by the earliest that stands of each emoji, with who they are by. */
export function reactionsTo(room: Room, position: number, readsTo: number): { emoji: string; by: Who[] }[] {
  const standing: { emoji: string; by: Who }[] = [];
  for (const { type, target, sender, content } of room.log.slice(0, readsTo)) {
    if (type !== REACTION || target !== position || content === null) continue;
    const { emoji, action } = content as { emoji: string; action: string };
    if (action === "add") standing.push({ emoji, by: sender! });
    else
      standing.splice(
        standing.findIndex((one) => one.emoji === emoji && one.by === sender),
        1,
      );
  }
  const byEmoji = Map.groupBy(standing, ({ emoji }) => emoji);
  return [...byEmoji].map(([emoji, all]) => ({ emoji, by: all.map(({ by }) => by) }));
}
