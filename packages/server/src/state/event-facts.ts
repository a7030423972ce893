import { type EventFacts, type MemberState, readableTo } from "@stairwell/protocol/room";
import { contentNow, findRedaction, markOf, reactionTo } from "../amendments/index.ts";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent } from "../events/index.ts";
import type { StoredRoom } from "./room-row.ts";

/** The event a command is about, if the caller may read it: nothing is looked up for one who may read nothing. */
export async function findEventFacts(
  reader: Reader,
  stored: StoredRoom,
  { actor, member }: { actor: Actor; member: MemberState | undefined },
  named: { id: string; emoji?: string; anywhere?: true },
): Promise<EventFacts | undefined> {
  const end = named.anywhere === true ? Infinity : readableTo(member);
  const event = end === 0 ? undefined : await findEvent(reader, stored, named.id);
  if (event === undefined || event.position > end) return undefined;
  const { emoji } = named;
  return {
    id: event.eventId,
    type: event.eventType,
    sender: event.sender,
    hubTs: event.hubTs,
    isRedacted: (await findRedaction(reader, stored, event.position)) !== undefined,
    content: await contentNow(reader, stored, event),
    ...(emoji === undefined || event.salt === null
      ? {}
      : {
          reaction: await reactionTo(reader, stored, {
            target: event.position,
            mark: markOf(event, emoji),
            participantNo: actor.participantNo,
          }),
        }),
  };
}
