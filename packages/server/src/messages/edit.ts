import { contentText, type JsonObject } from "@stairwell/protocol";
import { decide, type EventFacts, MESSAGE, seen } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Receipt } from "../receipts/index.ts";
import { allowed } from "../state/index.ts";
import { type Amending, amend, type Amendment } from "./amend.ts";
import { namedIn, type Recorded, toRecord } from "./content.ts";

/**
 * Puts another content in the place of what the caller said (EV3). A message goes on answering what it answered,
 * whatever the new content says of it. The same content again appends nothing. `SW_REQUEST_INVALID`,
 * `SW_CONTENT_TOO_LARGE` by the content's form; then as `decide` refuses.
 */
export function edit(
  deps: Amending,
  actor: Actor,
  receipt: Receipt | undefined,
  at: { room_id: string; event_id: string },
  content: JsonObject,
): Promise<Amendment> {
  contentText(content);
  return amend(deps, actor, receipt, at, {}, async (tx, { facts, stored }) => {
    allowed(seen(facts));
    const { event } = facts;
    // Of all else that members send the server reads nothing.
    const record: Recorded =
      event?.type === MESSAGE
        ? await toRecord(tx, deps.identities, actor, stored!, asReply(content, event), {
            ...namedIn(content),
            replyTo: undefined,
          })
        : { content, missing: undefined };
    const text = contentText(record.content);
    return decide(facts, { kind: "edit", content: record.content, text, missing: record.missing });
  });
}

/** What a message answers is part of the thread it is in, which an edit leaves alone. */
function asReply(content: JsonObject, { content: before }: EventFacts): JsonObject {
  const { reply_to_event_id: _, ...rest } = content;
  const replyTo = before?.reply_to_event_id;
  return replyTo === undefined ? rest : { ...rest, reply_to_event_id: replyTo };
}
