import type { EventId, Fqid, RoomId } from "@stairwell/protocol";
import type { Fold, MemberState, RoomState } from "@stairwell/protocol/room";

/** A room as the store knows it: numbers inside, the id outside. */
export interface RoomRef {
  readonly tenantNo: number;
  readonly roomNo: number;
  readonly roomId: RoomId;
  /** Which server orders its log, where that is known here. */
  readonly hub?: string;
  /** Given when the room begins with this append: what its row has that no event says. */
  readonly birth?: Birth;
}

export interface Birth {
  /** Tells nobody of a hidden room, stays across renames, and is unique in the tenant. */
  readonly alias: string | null;
  /** The server that orders the log. */
  readonly hub: string;
  /** Both sides of a DM, the smaller number first. */
  readonly pair: readonly [low: number, high: number] | null;
}

/** One entry of a room's log, as it is on record. */
export interface StoredEvent {
  readonly position: number;
  /** The tenant's commit sequence: grows from event to event, with gaps. */
  readonly seq: number;
  readonly eventId: EventId;
  readonly eventType: string;
  readonly sender: Fqid | null;
  readonly actedBy: Fqid | null;
  readonly originTs: number;
  readonly hubTs: number;
  readonly imported: boolean;
  /** How many messages the room has up to and including this event. */
  readonly ordinal: number;
  readonly eventUuid: string | null;
  /** Canonical JSON; null, with the salt, once wiped. Without the salt alone: what a wiped `reason` left (LC8). */
  readonly content: string | null;
  readonly salt: string | null;
  readonly contentHash: string;
  readonly hash: string;
}

/** What one event did, for the projections: they run inside the append, in order. */
export interface Change {
  readonly ref: RoomRef;
  readonly event: StoredEvent;
  readonly content: Readonly<Record<string, unknown>>;
  readonly before: {
    readonly room: RoomState | undefined;
    readonly member: MemberState | undefined;
    /** The hash of the event before this one. */
    readonly hash: string;
  };
  readonly after: Fold;
}

/** An event, and where it happened. */
export interface Located {
  readonly at: RoomRef;
  readonly event: StoredEvent;
}
