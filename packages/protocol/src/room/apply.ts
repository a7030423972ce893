import type { Fqid } from "../ids.ts";
import { CREATE, type Fold, KINDS, type LoggedEvent } from "./events/index.ts";
import { created } from "./events/create.ts";
import type { MemberState, RoomState } from "./state.ts";

/** Whom an event is about: the one member row it can change. Undefined for all others. */
export function subjectOf(event: Pick<LoggedEvent, "type" | "content">): Fqid | undefined {
  if (event.content === null) return undefined;
  return KINDS.get(event.type)?.subject?.(event.content);
}

/**
 * Applies one event to a room's state: the only meaning events have. Projections, `verify` and replicas all
 * call it. `member` is the state of `subjectOf(event)`. An event without content, or of a type that only
 * carries content, changes nothing.
 */
export function apply(room: RoomState | undefined, member: MemberState | undefined, event: LoggedEvent): Fold {
  if (event.type === CREATE) return { room: created(event) };
  if (room === undefined) throw new Error("a log must begin with its create event");
  const kind = KINDS.get(event.type);
  if (kind === undefined || event.content === null) return { room };
  return kind.apply(room, member, event.content, event);
}

/** Folds a whole log from its first event. */
export function fold(events: Iterable<LoggedEvent>): { room: RoomState | undefined; members: Map<Fqid, MemberState> } {
  let room: RoomState | undefined;
  const members = new Map<Fqid, MemberState>();
  for (const event of events) {
    const subject = subjectOf(event);
    const after = apply(room, subject === undefined ? undefined : members.get(subject), event);
    room = after.room;
    if (after.member !== undefined) members.set(after.member.fqid, after.member);
  }
  return { room, members };
}
