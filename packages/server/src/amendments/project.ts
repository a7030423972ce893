import { canonical, type JsonObject, parseJson } from "@stairwell/protocol";
import { EDIT, isAmendment, REACTION, type ReactionContent, REDACTION, remainderOf } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import {
  type Change,
  findEvent,
  keepRemainder,
  listAt,
  type Projection,
  type RoomRef,
  type StoredEvent,
  wipe,
} from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { deleteEditsOf, insertEdit, listEditsOf } from "./edits.store.ts";
import { addReaction, deleteReactionsOf, listReactionsOf, removeReaction } from "./reactions.store.ts";
import { findRedaction, insertRedactions } from "./redactions.store.ts";
import { markOf } from "./emoji-mark.ts";
import { importedAuthorNo } from "./imported-author.ts";
import { insertOrphan, listOrphans } from "./orphans.store.ts";
import { insertUnlisted, insertUnlistedAmong } from "./unlisted.store.ts";

/** Keeps edits, reactions and redactions in step with the log, and carries redactions out. */
export function projectAmendments(identities: Identities): Projection {
  const amend = projectAmended(identities);
  return async (tx, change) => {
    const { ref, event } = change;
    if (!isAmendment(event.eventType)) return;
    // History is put before what is here, and below all sequences.
    await (event.seq > 0 ? insertUnlisted : insertUnlistedAmong)(tx, ref, event.position);
    await amend(tx, change);
  };
}

/** What an edit, reaction or redaction does to its target; where that is not here, it waits for it. */
export function projectAmended(identities: Identities): Projection {
  return async (tx, change) => {
    const { ref, event, content, after } = change;
    // It came without its content: what it was about nobody can tell.
    if (!isAmendment(event.eventType) || event.content === null) return;
    const target = await findEvent(tx, ref, String(content.event_id));
    if (target === undefined) return wait(tx, ref, event, String(content.event_id));
    // What was said before our server shared the room is withheld: nothing can be kept of what people think of it.
    if (event.eventType === REACTION && target.salt === null) return;
    if (event.eventType === EDIT) await insertEdit(tx, ref, target.position, event.position);
    if (event.eventType === REACTION) await react(tx, change, target, identities);
    if (event.eventType === REDACTION) await redact(tx, ref, target, event.position, after.room.scopeKind !== null);
  };
}

/** Until its target is fetched. What a redaction deletes of it, it deletes at once (DEL1). */
async function wait(tx: Tx, ref: RoomRef, event: StoredEvent, targetId: string): Promise<void> {
  if (event.eventType === REDACTION) {
    const waiting = await listAt(tx, ref, await listOrphans(tx, ref, targetId), "forward");
    const amending = waiting
      .filter(({ eventType, content }) => content !== null && (eventType === EDIT || eventType === REACTION))
      .map(({ position }) => position);
    if (amending.length > 0) {
      await wipe(tx, ref, amending);
      await insertRedactions(tx, ref, amending, event.position);
    }
  }
  await insertOrphan(tx, ref, targetId, event.position);
}

async function react(tx: Tx, { ref, event, content }: Change, target: StoredEvent, identities: Identities) {
  const { emoji, action } = content as unknown as ReactionContent;
  const who = event.sender === null ? undefined : await identities.byFqid(tx, ref.tenantNo, event.sender);
  const participantNo = event.imported ? importedAuthorNo(content) : who?.participantNo;
  if (participantNo === undefined) throw new Error("a reaction is by somebody whom this store does not know");
  const reaction = { target: target.position, mark: markOf(target, emoji), participantNo };
  await (action === "add" ? addReaction : removeReaction)(tx, ref, reaction, event.position);
}

/**
 * EV4: the contents and salts of a message, its edits and its reactions go in one transaction; what they were is in
 * no row from then on (DEL1). Of an event that nobody sent only the reason goes (LC8), with the salt, since what is
 * left can no longer be held against its hash.
 */
async function redact(
  tx: Tx,
  ref: RoomRef,
  target: StoredEvent,
  position: number,
  isIncognito: boolean,
): Promise<void> {
  if ((await findRedaction(tx, ref, target.position)) !== undefined) return;
  if (target.content === null || (target.salt === null && !isIncognito)) {
    // It came without its content, or with what is left of it, and here is why.
    if (target.imported || !isIncognito) await insertRedactions(tx, ref, [target.position], position);
    return;
  }
  const remainder = remainderOf(target.eventType, parseJson(target.content) as JsonObject);
  if (remainder === undefined) return;
  const amending = [
    ...(await listEditsOf(tx, ref, target.position)),
    ...(await listReactionsOf(tx, ref, target.position)),
  ];
  await wipe(tx, ref, remainder === null ? [target.position, ...amending] : amending);
  if (remainder !== null) await keepRemainder(tx, ref, target.position, canonical(remainder));
  await insertRedactions(tx, ref, [target.position, ...amending], position);
  await deleteEditsOf(tx, ref, target.position);
  await deleteReactionsOf(tx, ref, target.position);
}
