/** What clients can ask for, as data: who, what, where. */
import type { RoomKey, Who } from "./world.ts";

interface By {
  readonly by: Who;
}
interface In extends By {
  readonly room: RoomKey;
}
interface Repeatable {
  /** The `Idempotency-Key` (AP6). */
  readonly key?: string | undefined;
}

export interface Create extends By, Repeatable {
  readonly do: "create";
  readonly type: "group" | "public" | "incognito" | "dm";
  readonly name?: string | undefined;
  readonly isPublic?: boolean | undefined;
  readonly incognito?: boolean | undefined;
  readonly closesOnLeave?: boolean | undefined;
  /** Left out: the caller's own. */
  readonly workspace?: string | undefined;
  readonly invite: readonly Who[];
}

export interface Send extends In, Repeatable {
  readonly do: "send";
  readonly text: string;
  /** An event type of a client's own. */
  readonly custom?: boolean | undefined;
  readonly uuid?: string | undefined;
  /** Position of the event replied to; below zero see point.ts. */
  readonly replyTo?: number | undefined;
  readonly mentions?: readonly Who[] | undefined;
  /** On whose behalf. */
  readonly as?: Who | undefined;
  readonly media?: string | undefined;
}

type To<Do extends string> = In &
  Repeatable & { readonly do: Do; readonly target: Who; readonly reason?: string | undefined };
type On<Do extends string> = In & Repeatable & { readonly do: Do };
type Why<Do extends string> = On<Do> & { readonly reason?: string | undefined };

export type Command =
  | Create
  | (By & Repeatable & { readonly do: "dm"; readonly target: Who })
  | On<"join">
  | On<"rejoin">
  | Why<"leave">
  | Why<"archive">
  | Why<"close">
  | To<"invite">
  | To<"kick">
  | To<"unban">
  /** `lasts`: milliseconds from now; without it, for good. */
  | (To<"ban"> & { readonly lasts?: number | undefined })
  | (In & { readonly do: "power"; readonly target: Who; readonly level: number })
  | (In & { readonly do: "rename"; readonly name: string })
  | (In & { readonly do: "topic"; readonly topic: string | null })
  | Send
  | (On<"edit"> & {
      readonly at: number;
      readonly text: string;
      readonly mentions?: readonly Who[] | undefined;
      readonly media?: string | undefined;
    })
  | (Why<"redact"> & { readonly at: number })
  | (On<"react"> & { readonly at: number; readonly emoji: string })
  | (In & { readonly do: "unreact"; readonly at: number; readonly emoji: string })
  | (In & { readonly do: "move"; readonly workspace: string })
  | (In & { readonly do: "publish"; readonly isPublic: boolean })
  | (In & { readonly do: "mode"; readonly mode: string })
  /** `lasts`: seconds; without it, no longer. */
  | (In & { readonly do: "mute"; readonly lasts?: number | undefined })
  /** `at`: a position of the room, where there may be no event; below zero see point.ts. */
  | (In & { readonly do: "read"; readonly at: number })
  | (In & { readonly do: "look" })
  | (In & { readonly do: "members"; readonly membership: "join" | "invite" | "leave" | "ban" })
  | (In & {
      readonly do: "history";
      readonly from?: number | undefined;
      readonly forward: boolean;
      readonly limit: number;
      /** Replies to the event at this position. */
      readonly thread?: number | undefined;
    })
  | (In & { readonly do: "bans" })
  /** By the room's alias. */
  | (In & { readonly do: "alias" })
  | (In & { readonly do: "export" })
  | (In & { readonly do: "event"; readonly at: number })
  | (In & { readonly do: "can"; readonly action: string; readonly target?: Who | undefined })
  | (By & { readonly do: "directory"; readonly state: "open" | "archived" | "closed" })
  | (By & { readonly do: "archived" })
  | (By & { readonly do: "unread" })
  | (By & { readonly do: "inbox" })
  /** A file, for an incognito room where one is named. */
  | (By & { readonly do: "upload"; readonly within?: RoomKey | undefined })
  | (By & { readonly do: "medium"; readonly media: string })
  | (By & { readonly do: "deactivate"; readonly target: Who })
  | (By & { readonly do: "reactivate"; readonly target: Who })
  /** By an admin of the tenant. */
  | (In & { readonly do: "restore"; readonly target: Who })
  | (In & { readonly do: "wipe"; readonly at: number; readonly reason: string })
  /** Time passes, in milliseconds. */
  | (By & { readonly do: "wait"; readonly ms: number });

export type Named<Do extends Command["do"]> = Extract<Command, { do: Do }>;
