import { isServerFqid } from "@stairwell/protocol";
import { EDIT, type EditContent, isSendable, MEMBER, MESSAGE, REDACTION } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import { type Change, findEvent, type Projection } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { recordMentions } from "./mentions.ts";
import { deleteMentions } from "./mentions.store.ts";
import { advanceOwnMarker, placeMarker } from "./reading.store.ts";

/** Keeps markers (RD0, EV7) and the record of who was mentioned (EV6). */
export function projectReading(identities: Identities): Projection {
  return async (tx, change) => {
    if (change.event.imported) return;
    switch (change.event.eventType) {
      case MEMBER:
        return joined(tx, change, identities);
      case EDIT:
        // Of one that came without its content nobody can tell what it was about.
        return change.event.content === null ? undefined : edited(tx, change, identities);
      case REDACTION:
        return redacted(tx, change);
      default:
        return sent(tx, change, identities);
    }
  };
}

async function joined(tx: Tx, { ref, event, before, after }: Change, identities: Identities): Promise<void> {
  const member = after.member;
  if (member?.membership !== "join" || before.member?.membership === "join") return;
  const who = await identities.byFqid(tx, ref.tenantNo, member.fqid);
  await placeMarker(tx, ref, who!.participantNo, event, after.room.roomType === "dm" ? "all" : "inherit");
}

async function sent(tx: Tx, { ref, event, content }: Change, identities: Identities): Promise<void> {
  if (!isSendable(event.eventType) || event.sender === null || isServerFqid(event.sender)) return;
  const sender = await identities.byFqid(tx, ref.tenantNo, event.sender);
  if (sender === undefined) return;
  advanceOwnMarker(tx, ref, sender.participantNo, event);
  if (event.eventType !== MESSAGE) return;
  await recordMentions(tx, identities, ref, event, { madePosition: event.position, content });
}

async function edited(tx: Tx, { ref, event, content }: Change, identities: Identities): Promise<void> {
  const { event_id: messageId, content: newest } = content as unknown as EditContent;
  const message = await findEvent(tx, ref, messageId);
  if (message?.eventType !== MESSAGE || message.imported) return;
  await recordMentions(tx, identities, ref, message, { madePosition: event.position, content: newest });
}

async function redacted(tx: Tx, { ref, content }: Change): Promise<void> {
  const message = await findEvent(tx, ref, String(content.event_id));
  if (message?.eventType === MESSAGE) await deleteMentions(tx, ref, message.position);
}
