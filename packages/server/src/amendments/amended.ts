import { canonical, type JsonObject, parseJson } from "@stairwell/protocol";
import type { EditContent } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { listAt, type RoomRef, type StoredEvent } from "../events/index.ts";
import { newestEdits } from "./edits.store.ts";
import { emojisAt } from "./emoji-mark.ts";
import { countReactions, countReactionsAt } from "./reactions.store.ts";
import { redactionsOf } from "./redactions.store.ts";

export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly me: boolean;
}

/** What became of an event. Times are Unix milliseconds. */
export interface Amended {
  /** What it says now, as canonical JSON, since when, and by which edit. */
  readonly edit?: { readonly content: string; readonly at: number; readonly position: number };
  readonly redactedAt?: number;
  readonly reactions: readonly Reaction[];
}

/** Who looks, and up to which position they may (MB10). */
export interface Viewer {
  readonly participantNo: number;
  readonly readableTo: number;
}

/**
 * What became of some events, as one person sees it, by position; nothing for an event of which nothing did. Edits and
 * reactions count up to where the viewer may read, redactions always (MB10). A constant number of statements.
 */
export async function amendmentsOf(
  reader: Reader,
  ref: RoomRef,
  positions: readonly number[],
  { participantNo, readableTo }: Viewer,
): Promise<Map<number, Amended>> {
  const edits = await newestEdits(reader, ref, positions, readableTo);
  const redactions = await redactionsOf(reader, ref, positions);
  const reactions = await (readableTo === Infinity
    ? countReactions(reader, ref, positions, participantNo)
    : countReactionsAt(reader, ref, positions, participantNo, readableTo));
  const amending = new Map<number, StoredEvent>();
  if (edits.size + redactions.size > 0) {
    const places = [...new Set([...edits.values(), ...redactions.values()])];
    for (const event of await listAt(reader, ref, places, "forward")) amending.set(event.position, event);
  }
  const emojis = await emojisAt(
    reader,
    ref,
    reactions.map(({ first }) => first),
  );
  const byTarget = Map.groupBy(reactions, ({ target }) => target);
  const amended = new Map<number, Amended>();
  for (const position of new Set([...edits.keys(), ...redactions.keys(), ...byTarget.keys()])) {
    const edit = amending.get(edits.get(position) ?? 0);
    // Null once a redaction took it, which takes its row along, or with the key of a closed incognito room.
    const edited = edit?.content ?? null;
    const redaction = amending.get(redactions.get(position) ?? 0);
    amended.set(position, {
      ...(edit &&
        edited !== null && { edit: { content: editedText(edited), at: saidAt(edit), position: edit.position } }),
      ...(redaction && { redactedAt: saidAt(redaction) }),
      reactions: (byTarget.get(position) ?? []).flatMap(({ first, count, isMine }) => {
        const emoji = emojis.get(first);
        return emoji === undefined ? [] : [{ emoji, count, me: isMine }];
      }),
    });
  }
  return amended;
}

/** What an event says now, edits included, or said at a position; null once it was redacted. */
export async function contentNow(
  reader: Reader,
  ref: RoomRef,
  event: StoredEvent,
  to = Infinity,
): Promise<JsonObject | null> {
  if (event.content === null) return null;
  const newest = (await newestEdits(reader, ref, [event.position], to)).get(event.position);
  if (newest === undefined) return parseJson(event.content) as JsonObject;
  const [edit] = await listAt(reader, ref, [newest], "forward");
  return (parseJson(edit!.content!) as unknown as EditContent).content;
}

/** When something was said, Unix milliseconds: what was imported says it of itself. */
function saidAt({ imported, originTs, hubTs }: StoredEvent): number {
  return imported ? originTs : hubTs;
}

/** What an edit puts in the place of its target's content. */
function editedText(content: string): string {
  return canonical((parseJson(content) as unknown as EditContent).content);
}
