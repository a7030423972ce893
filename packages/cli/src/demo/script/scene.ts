import type { Person, Who } from "./cast.ts";

/** What somebody said, minutes ago. `@Ben` in the text mentions Ben, `@room` everybody. */
export interface Said {
  readonly ago: number;
  readonly who: Who;
  readonly text: string;
  /** The text of the message it replies to, or the beginning of that text. */
  readonly re?: string;
  readonly msgtype?: "swp.emote" | "swp.code";
  readonly lang?: string;
}

/** A room and what is said in it. */
export interface Scene {
  readonly room: {
    readonly room_type: "public" | "group" | "incognito";
    readonly name: string;
    readonly topic?: string;
    readonly is_public?: boolean;
    /** In the team's workspace, instead of the maker's own. */
    readonly isTeams?: true;
  };
  readonly by: Person;
  /** They joined right after it was made, by invitation where it is not public. */
  readonly members: readonly Who[];
  /** They have not answered their invitation. */
  readonly invited?: readonly Person[];
  readonly talk: readonly Said[];
  readonly isArchived?: true;
}

/** A direct room and what is said in it. */
export interface Direct {
  readonly by: Person;
  readonly with: Who;
  readonly talk: readonly Said[];
}

type More = Omit<Said, "ago" | "who" | "text">;

/** One message of a scene. */
export function say(ago: number, who: Who, text: string, more: More = {}): Said {
  return { ago, who, text, ...more };
}
