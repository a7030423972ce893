import { POWER } from "@stairwell/protocol/room";
import type { Reader, Tx } from "../db/index.ts";
import { findEvent, type RoomRef, type StoredEvent } from "../events/index.ts";
import type { Identities, Identity } from "../participants/index.ts";
import { findMember } from "../state/index.ts";
import { deleteMention, EVERYBODY, insertMention, listMentions } from "./mentions.store.ts";

type Content = Readonly<Record<string, unknown>>;

/**
 * Keeps the record of whom a message mentions in step with its newest content (EV6), which the event at `madePosition`
 * brought: the message itself, or an edit of it. A mention counts if it reached anybody when it was made: the joined,
 * and everybody for `@room` by power 50. One that an edit leaves in stays as it was.
 */
export async function recordMentions(
  tx: Tx,
  identities: Identities,
  ref: RoomRef,
  message: StoredEvent,
  { madePosition, content }: { madePosition: number; content: Content },
): Promise<void> {
  const isNew = message.position === madePosition;
  if (isNew && !namesSomebody(content)) return;
  const sender = await identities.byFqid(tx, ref.tenantNo, message.sender!);
  const named = await namedIn(tx, identities, ref, sender!, content);
  const before = isNew ? [] : (await listMentions(tx, ref, message.position)).map(({ participantNo }) => participantNo);
  for (const participantNo of before) {
    if (!named.has(participantNo)) await deleteMention(tx, ref, message.position, participantNo);
  }
  for (const participantNo of named) {
    if (before.includes(participantNo) || !(await isReached(tx, ref, sender!, participantNo))) continue;
    await insertMention(tx, ref, message, { participantNo, madePosition });
  }
}

/** Whether a content has anything that mentions. */
function namesSomebody({ mentions, reply_to_event_id: replyTo }: Content): boolean {
  return Array.isArray(mentions) || typeof replyTo === "string";
}

/** Whom a content names: those in its `mentions`, and the author replied to; never its own sender. */
export async function namedIn(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  sender: Identity,
  { mentions, reply_to_event_id: replyTo }: Content,
): Promise<Set<number>> {
  const fqids = new Set<string>(Array.isArray(mentions) ? (mentions as string[]) : []);
  if (typeof replyTo === "string") {
    const target = await findEvent(reader, ref, replyTo);
    if (target?.sender) fqids.add(target.sender);
  }
  const named = new Set<number>();
  for (const fqid of fqids) {
    const who = fqid === "@room" ? EVERYBODY : (await identities.byFqid(reader, ref.tenantNo, fqid))?.participantNo;
    if (who !== undefined && who !== sender.participantNo) named.add(who);
  }
  return named;
}

async function isReached(reader: Reader, ref: RoomRef, sender: Identity, participantNo: number): Promise<boolean> {
  if (participantNo !== EVERYBODY) return (await findMember(reader, ref, participantNo))?.membership === "join";
  return ((await findMember(reader, ref, sender.participantNo))?.powerLevel ?? 0) >= POWER.moderator;
}
