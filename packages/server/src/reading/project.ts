import { isServerFqid } from "@stairwell/protocol";
import { isSendable, MEMBER, MESSAGE } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import type { Change, Projection } from "../events/index.ts";
import type { Identities, Identity } from "../participants/index.ts";
import { findMember } from "../state/index.ts";
import { mentionedBy } from "./mentions.ts";
import { advanceMarker, EVERYBODY, insertMention, placeMarker } from "./reading.store.ts";

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

/** One row for each joined person mentioned, and one for `@room`. */
async function recordMentions(tx: Tx, change: Change, identities: Identities, sender: Identity): Promise<void> {
  const { ref, event, content } = change;
  const { people, everybody } = await mentionedBy(tx, identities, ref, sender.participantNo, content);
  if (everybody) await insertMention(tx, ref, EVERYBODY, event.position);
  for (const participantNo of people) {
    const member = await findMember(tx, ref, participantNo);
    if (member?.membership === "join") await insertMention(tx, ref, participantNo, event.position);
  }
}
