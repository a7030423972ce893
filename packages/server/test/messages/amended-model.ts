/** What happened in a room, told by its log's places: the plain record that views are held against. */
export interface Said {
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly texts: { readonly at: number; readonly body: string }[];
  readonly reactions: { readonly who: string; readonly emoji: string; readonly from: number; to: number }[];
  redactedAt: number | undefined;
}

export interface Shown {
  id: string;
  body: string | null;
  original: string | undefined;
  isEdited: boolean;
  isRedacted: boolean;
  reactions: { emoji: string; count: number; me: boolean }[];
}

/** A room's messages in plain lists, read by walking all of them. */
export class PlainRoom {
  readonly messages: Said[] = [];
  /** Where each person's sight ends; infinite while they are joined. */
  readonly sight = new Map<string, number>();

  /** The messages that somebody may read, as they may see them (MB10). */
  shownTo(who: string): Shown[] {
    const end = this.sight.get(who) ?? 0;
    return this.messages.filter(({ at }) => at <= end).map((said) => shown(said, who, end));
  }
}

function shown({ id, texts, reactions, redactedAt }: Said, who: string, end: number): Shown {
  if (redactedAt !== undefined) {
    return { id, body: null, original: undefined, isEdited: false, isRedacted: true, reactions: [] };
  }
  const seen = texts.filter(({ at }) => at <= end);
  const standing = reactions
    .filter(({ from, to }) => from <= end && (to > end || to === Infinity))
    .toSorted((a, b) => a.from - b.from);
  const isEdited = seen.length > 1;
  return {
    id,
    body: seen.at(-1)!.body,
    original: isEdited ? seen[0]!.body : undefined,
    isEdited,
    isRedacted: false,
    reactions: [...Map.groupBy(standing, ({ emoji }) => emoji)].map(([emoji, all]) => ({
      emoji,
      count: all.length,
      me: all.some((reaction) => reaction.who === who),
    })),
  };
}
