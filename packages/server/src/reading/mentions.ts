import type { Reader } from "../db/index.ts";
import { findEvent, type RoomRef } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { findMember } from "../state/index.ts";

/** Power from which `@room` reaches everybody; below it is kept and ignored (EV6). */
const ROOM_MENTION_POWER = 50;

/** Whom a message mentions: never its sender. Whether they are joined is not looked at. */
export interface Mentioned {
  readonly people: ReadonlySet<number>;
  readonly everybody: boolean;
}

const NOBODY: Mentioned = { people: new Set(), everybody: false };

/** Reads a message's `mentions`, and its author replied to, whom a reply mentions (EV6). */
export async function mentionedBy(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  senderNo: number,
  content: Readonly<Record<string, unknown>>,
): Promise<Mentioned> {
  const { mentions, reply_to_event_id: replyTo } = content;
  if (!Array.isArray(mentions) && typeof replyTo !== "string") return NOBODY;
  const named = new Set<string>(Array.isArray(mentions) ? (mentions as string[]) : []);
  if (typeof replyTo === "string") {
    const target = await findEvent(reader, ref, replyTo);
    if (target?.sender) named.add(target.sender);
  }
  const people = new Set<number>();
  let everybody = false;
  for (const fqid of named) {
    if (fqid === "@room") {
      everybody = ((await findMember(reader, ref, senderNo))?.powerLevel ?? 0) >= ROOM_MENTION_POWER;
      continue;
    }
    const who = await identities.byFqid(reader, ref.tenantNo, fqid);
    if (who !== undefined && who.participantNo !== senderNo) people.add(who.participantNo);
  }
  return { people, everybody };
}
