import { contentText, type JsonObject } from "@stairwell/protocol";
import { decide, type EventFacts, MESSAGE, seen } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { findEvent } from "../events/index.ts";
import type { Receipt } from "../receipts/index.ts";
import { allowed, type Found } from "../state/index.ts";
import { type Amending, amend, type Amendment } from "./amend.ts";
import { bringNamed, type Bringing, namedIn, type Recorded, refer, toRecord } from "./content.ts";

/**
 * Puts another content in the place of what the caller said (EV3). A message goes on answering what it answered,
 * whatever the new content says of it. The same content again appends nothing. `SW_REQUEST_INVALID`,
 * `SW_CONTENT_TOO_LARGE` by the content's form; then as `decide` refuses.
 */
export async function edit(
  deps: Amending & Bringing,
  actor: Actor,
  receipt: Receipt | undefined,
  at: { room_id: string; event_id: string },
  content: JsonObject,
): Promise<Amendment> {
  contentText(content);
  await bringNamed(deps, actor, content["media_id"]);
  let record: Recorded;
  const decided = async (tx: Tx, { facts, stored }: Found) => {
    allowed(seen(facts));
    const { event } = facts;
    // Of all else that members send the server reads nothing.
    record =
      event?.type === MESSAGE
        ? await toRecord(tx, deps.identities, actor, stored!, asReply(content, event), {
            ...namedIn(content),
            replyTo: undefined,
          })
        : { content, missing: undefined };
    const text = contentText(record.content);
    return decide(facts, { kind: "edit", content: record.content, text, missing: record.missing });
  };
  return amend(deps, actor, receipt, at, {}, decided, async (tx, ref, { position }) => {
    if (record.mediaNo === undefined) return;
    const target = await findEvent(tx, ref, at.event_id);
    await refer(tx, ref, position, target!.position, record.mediaNo);
  });
}

/** What a message answers is part of the thread it is in, which an edit leaves alone. */
function asReply(content: JsonObject, { content: before }: EventFacts): JsonObject {
  const { reply_to_event_id: _, ...rest } = content;
  const replyTo = before?.reply_to_event_id;
  return replyTo === undefined ? rest : { ...rest, reply_to_event_id: replyTo };
}
