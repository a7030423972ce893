import type { ErrorCode, Fault } from "../errors.ts";
import { type EventId, type Fqid, serverFqid } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { MemberState, Person, RoomState } from "./state.ts";

/** What a command finds: the caller, the room, and the few rows it named. Nothing of it is looked up by a rule. */
export interface Facts {
  /** Unix milliseconds. */
  readonly now: number;
  /** The caller's server, which is also the sender of automatic events. */
  readonly serverName: string;
  /** Undefined: unknown, or another tenant's, which is the same (AP2). */
  readonly room: RoomState | undefined;
  /** Another server orders the room: what is decided here is asked for there (FD22). */
  readonly isReplica?: boolean;
  readonly actor: {
    readonly person: Person;
    readonly member: MemberState | undefined;
    readonly isTenantAdmin: boolean;
  };
  /** Whom the command names; `person` is undefined when nobody bears that id. */
  readonly target?: { readonly person: Person | undefined; readonly member: MemberState | undefined };
  /** The event that the command names; undefined when there is none, or none that the caller may read. */
  readonly event?: EventFacts | undefined;
  /** Who inherits if the one who goes is the last admin (MB15). */
  readonly heir?: Fqid | undefined;
  /** Who could be given power 100 instead of the last admin, as the caller names them, in the order of MB15 (PL3). */
  readonly candidates?: readonly string[];
  /** Open invites the caller holds in this room. */
  readonly openInvites?: number;
  /** Open rooms of the tenant that count for `max_rooms`. */
  readonly openRooms?: number;
  /** What policy says of the server that the one named is of, and how full the room is of people from elsewhere (FD11). */
  readonly federation?: {
    readonly isAllowed: boolean;
    readonly membersMayInvite: boolean;
    /** People of other servers who are joined or invited, and how many there may be. */
    readonly foreign: number;
    readonly maxForeign: number;
  };
  /** Those of other servers who are joined or invited, where they are all to go (FD10). */
  readonly foreigners?: readonly MemberState[];
  /** Servers whose people were in the room by when its sharing ended, where it has (FD10). */
  readonly formerServers?: readonly string[];
  readonly limits: {
    readonly max_participants: number | null;
    readonly max_rooms: number | null;
    readonly open_invites: number | null;
    /** Seconds after which a message can no longer be edited (EV3). */
    readonly edit_window_seconds: number | null;
  };
}

/** An event that is acted on, with what became of it. */
export interface EventFacts {
  readonly id: EventId;
  readonly type: string;
  readonly sender: Fqid | null;
  readonly hubTs: number;
  readonly isRedacted: boolean;
  /** What it says now, edits included; null once redacted. */
  readonly content: JsonObject | null;
  /** For a reaction: how its emoji stands on this event. */
  readonly reaction?: {
    /** The caller's own stands. */
    readonly isMine: boolean;
    /** Nobody's stands. */
    readonly isNew: boolean;
    /** Different emoji that stand. */
    readonly emojis: number;
  };
}

/** An event that a decision asks the log to append. */
export interface Draft {
  readonly type: string;
  readonly content: JsonObject;
  /** The canonical form of `content`, where it is at hand. */
  readonly text?: string;
  readonly sender: Fqid;
  readonly actedBy?: Fqid;
  /** Index, among the drafts of the same decision, of the event that caused this one: `cause_event_id`. */
  readonly causedBy?: number;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly rule?: string;
  readonly message?: string;
  readonly needed?: number;
  readonly actual?: number;
  readonly details?: readonly Fault[] | Readonly<Record<string, unknown>>;
}

/** Events to append, none for a command that changes nothing, or one refusal. */
export type Decision = { readonly drafts: readonly Draft[] } | { readonly refusal: Refusal };

export const NOTHING: Decision = { drafts: [] };

export function refuse(code: ErrorCode, rule: string, rest: Omit<Refusal, "code" | "rule"> = {}): { refusal: Refusal } {
  return { refusal: { code, rule, ...rest } };
}

export function append(...drafts: Draft[]): Decision {
  return { drafts };
}

/** An automatic event: the server is its sender (spec/model.md, "Event types and content"). */
export function automatic(facts: Facts, type: string, content: JsonObject, causedBy?: number): Draft {
  return { type, content, sender: serverFqid(facts.serverName), ...(causedBy === undefined ? {} : { causedBy }) };
}
