import { isServerFqid } from "@stairwell/protocol";
import { isSendable, MEMBER, MESSAGE } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import { type Change, findEvent, type Projection } from "../events/index.ts";
import type { Identities, Identity } from "../participants/index.ts";
import { findMember } from "../state/index.ts";
import { advanceMarker, EVERYBODY, insertMention, placeMarker } from "./reading.store.ts";

/** Power from which `@room` reaches everybody; below it is kept and ignored (EV6). */
const ROOM_MENTION_POWER = 50;

/** Keeps markers (RD0, EV7) and the record of who was mentioned (EV6). */
export function projectReading(identities: Identities): Projection {
  return async (tx, change) => {
    const { event, ref } = change;
    if (event.imported) return;
    if (event.eventType === MEMBER) return joined(tx, change, identities);
    if (!isSendable(event.eventType) || event.sender === null || isServerFqid(event.sender)) return;
    const sender = await identities.byFqid(tx, ref.tenantNo, event.sender);
    if (sender === undefined) return;
    await advanceMarker(tx, ref, sender.participantNo, event);
    if (event.eventType === MESSAGE) await recordMentions(tx, change, identities, sender);
  };
}

async function joined(tx: Tx, { ref, event, before, after }: Change, identities: Identities): Promise<void> {
  const member = after.member;
  if (member?.membership !== "join" || before.member?.membership === "join") return;
  const who = await identities.byFqid(tx, ref.tenantNo, member.fqid);
  await placeMarker(tx, ref, who!.participantNo, event, after.room.roomType === "dm" ? "all" : "inherit");
}

/** One row for each joined person mentioned, and one for `@room`; a reply mentions the author replied to. */
async function recordMentions(tx: Tx, change: Change, identities: Identities, sender: Identity): Promise<void> {
  const { ref, event, content } = change;
  const mentions = Array.isArray(content.mentions) ? (content.mentions as string[]) : [];
  const named = new Set(mentions);
  if (typeof content.reply_to_event_id === "string") {
    const target = await findEvent(tx, ref, content.reply_to_event_id);
    if (target?.sender) named.add(target.sender);
  }
  for (const fqid of named) {
    if (fqid === "@room") {
      const power = (await findMember(tx, ref, sender.participantNo))?.powerLevel ?? 0;
      if (power >= ROOM_MENTION_POWER) await insertMention(tx, ref, EVERYBODY, event.position);
      continue;
    }
    const who = await identities.byFqid(tx, ref.tenantNo, fqid);
    if (who === undefined || who.participantNo === sender.participantNo) continue;
    const member = await findMember(tx, ref, who.participantNo);
    if (member?.membership === "join") await insertMention(tx, ref, who.participantNo, event.position);
  }
}
