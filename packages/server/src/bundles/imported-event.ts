import { canonical, isServerFqid, type Json, type JsonObject } from "@stairwell/protocol";
import type { BundleEvent, BundlePerson } from "@stairwell/protocol/bundle";
import { EDIT, isAmendment, isSendable, MESSAGE } from "@stairwell/protocol/room";
import { importedContent, type ImportedDraft } from "../events/index.ts";
import type { ImportedIds } from "./imported-ids.ts";
import { isPerson, shownPerson } from "./imported-person.ts";

/** What was an event of another kind where it came from; it means nothing here. */
export const HISTORY = "swp.room.history";

/** What an import says of each event (BU12). */
const AUTHOR = "_imported_sender";
const UNINDEXED = "do_not_index";

/** An event of a bundle as it is to stand here (BU10 to BU12). */
export function importedEvent(
  { envelope, content, salt }: BundleEvent,
  people: ReadonlyMap<string, BundlePerson>,
  ids: ImportedIds,
): ImportedDraft {
  const { event_type: type, id, origin_ts: originTs, content_hash: contentHash } = envelope;
  const isKept = isSendable(type) || isAmendment(type);
  const draft = { eventId: ids.take(id), type: isKept ? type : HISTORY, originTs };
  if (content === undefined) return { ...draft, content: null, salt: null, contentHash };
  const said = saidHere(envelope, content, people, ids);
  // What a wiped reason left: what was hashed is not here.
  if (salt === undefined) return { ...draft, content: canonical(said), salt: null, contentHash };
  return { ...draft, ...importedContent(said) };
}

function saidHere(
  envelope: BundleEvent["envelope"],
  content: JsonObject,
  people: ReadonlyMap<string, BundlePerson>,
  ids: ImportedIds,
): JsonObject {
  const type = envelope.event_type;
  const sign = (said: JsonObject): JsonObject =>
    marked(said, envelope.imported ? authorIn(said) : authorOf(envelope.sender, people));
  if (type === MESSAGE) return sign(message(content, ids));
  if (isAmendment(type)) return amendment(type, content, ids, sign);
  if (isSendable(type)) return sign(content);
  const history = type === HISTORY && envelope.imported ? content : { event_type: type, content };
  const { content: meant } = history;
  return sign(isObject(meant) ? { ...history, content: named(meant, ids) } : history);
}

/** The events that one of another kind named, as its cause for instance, by what they are called here. */
function named(content: JsonObject, ids: ImportedIds): JsonObject {
  const mapped = { ...content };
  for (const key of ["cause_event_id", "event_id"]) {
    if (typeof content[key] === "string") mapped[key] = ids.of(content[key]);
  }
  return mapped;
}

/** What is about another event and cannot be here, as what it was: with no meaning. `content` is what it says. */
export function asHistory(draft: ImportedDraft, content: JsonObject): ImportedDraft {
  const { _imported_sender, do_not_index, ...said } = content;
  // What an edit says is as deep as a content may be: it is not wrapped again.
  const meant = draft.type === EDIT ? said : { content: said };
  const history = { ...meant, event_type: draft.type, _imported_sender, do_not_index } as JsonObject;
  return { ...draft, type: HISTORY, ...importedContent(history) };
}

/** Whom a message mentioned it mentions no more (BU12); what it answers, it answers. */
function message(content: JsonObject, ids: ImportedIds): JsonObject {
  const { mentions, reply_to_event_id: replyTo, ...rest } = content;
  return {
    ...rest,
    ...(mentions !== undefined && { _imported_mentions: mentions }),
    ...(replyTo !== undefined && { reply_to_event_id: typeof replyTo === "string" ? ids.of(replyTo) : replyTo }),
  };
}

function amendment(
  type: string,
  content: JsonObject,
  ids: ImportedIds,
  sign: (said: JsonObject) => JsonObject,
): JsonObject {
  const { event_id: target, content: newest } = content;
  const mapped = typeof target === "string" ? { ...content, event_id: ids.of(target) } : content;
  if (type !== EDIT || !isObject(newest)) return sign(mapped);
  return sign({ ...mapped, content: sign(message(newest, ids)) });
}

/**
 * With what an import says of it, and not what members wrote to look like that; in the order of the canonical form where
 * `said` was: that is written soonest.
 */
function marked(said: JsonObject, author: JsonObject | null): JsonObject {
  const marks: [string, Json][] = [
    [AUTHOR, author],
    [UNINDEXED, true],
  ];
  const all: Record<string, Json> = {};
  for (const key of Object.keys(said)) {
    if (key === AUTHOR || key === UNINDEXED) continue;
    while (marks.length > 0 && marks[0]![0] < key) mark();
    all[key] = said[key]!;
  }
  while (marks.length > 0) mark();
  return all;

  function mark(): void {
    const [key, value] = marks.shift()!;
    all[key] = value;
  }
}

function authorOf(sender: string | null, people: ReadonlyMap<string, BundlePerson>): JsonObject | null {
  if (sender === null || isServerFqid(sender)) return null;
  const { fqid, display_name, participant_type } = people.get(sender)!;
  return { display_name, fqid, participant_type };
}

/** Of what was imported where it comes from: who was said to have sent it there. */
export function authorIn({ _imported_sender: said }: JsonObject): JsonObject | null {
  return isPerson(said) ? { ...shownPerson(said) } : null;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
