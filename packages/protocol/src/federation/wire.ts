import type { BundleEvent } from "../bundle/index.ts";
import { canonical } from "../canonical.ts";
import type { ErrorCode } from "../errors.ts";
import type { Proposal } from "../hash.ts";
import type { Fqid, RoomId } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import type { MemberState, RoomState } from "../room/index.ts";

/** An event between servers: as it travels in a bundle. */
export type WireEvent = BundleEvent;

/** Where a hub says that a room's log ends (FD4). */
export interface SignedHead {
  readonly room_id: RoomId;
  readonly position: number;
  readonly hash: string;
  readonly key_id: string;
  /** Base64; of `headText`. */
  readonly signature: string;
}

/** What somebody of another server asks a hub to append. */
export interface ProposedEvent extends Proposal {
  readonly v: 1;
  readonly sender: Fqid;
  readonly content: JsonObject;
  readonly salt: string;
  readonly signature: { readonly key_id: string; readonly value: string };
}

/** What is said before and after the join that begins a direct room with it, by the same person (FD24). */
export interface Opening {
  readonly create: ProposedEvent;
  readonly invite: ProposedEvent;
}

/** A room as an invite from elsewhere shows it (FD11). */
export interface WireRoom {
  readonly room_id: RoomId;
  readonly room_alias: string | null;
  readonly room_type: RoomState["roomType"];
  readonly name: string | null;
  readonly topic: string | null;
  readonly creator: Fqid;
  /** Unix milliseconds. */
  readonly created_at: number;
  readonly members_count: number;
}

/** One thing that a server tells another: `POST /send` takes up to 50. */
export type Item =
  | { readonly type: "invite"; readonly room: WireRoom; readonly event: WireEvent; readonly head: SignedHead }
  | { readonly type: "submit"; readonly event: ProposedEvent; readonly opening?: Opening }
  /** The last of its room in a batch has the head that covers them all. */
  | { readonly type: "event"; readonly event: WireEvent; readonly head?: SignedHead }
  | {
      readonly type: "resign";
      readonly room_id: RoomId;
      readonly participant: Fqid;
      readonly cause: "deactivated" | "defederated";
    }
  | { readonly type: "typing"; readonly room_id: RoomId; readonly participant: Fqid; readonly typing: boolean }
  | {
      readonly type: "profile";
      readonly fqid: Fqid;
      readonly display_name: string;
      readonly participant_type: "human" | "bot" | "agent";
    };

/** What became of one item. */
export type ItemResult =
  | { readonly status: "ok" }
  /** Where the receiver's log ends, which is what it has confirmed. */
  | { readonly status: "confirmed"; readonly position: number }
  | { readonly status: "sequenced"; readonly event: WireEvent; readonly head: SignedHead; readonly join?: WireJoin }
  | { readonly status: "unchanged" }
  /** The pair has its direct room already: the proposer's invite to it, or what they joined it with. */
  | { readonly status: "known"; readonly invite: Extract<Item, { type: "invite" }> }
  | { readonly status: "known"; readonly joined: Joined }
  | { readonly status: "refused"; readonly error: WireRefusal }
  /** Not now: it is to be sent again later. */
  | { readonly status: "retry" };

/** The join of somebody, and the room that it brings to their server. */
export interface Joined {
  readonly event: WireEvent;
  readonly head: SignedHead;
  readonly join: WireJoin;
}

export interface WireRefusal {
  readonly code: ErrorCode;
  readonly rule?: string;
  readonly needed?: number;
  readonly actual?: number;
}

/** What a server needs to take part in a room from now on: its state, and what was said before and since (FD12). */
export interface WireJoin {
  /** The state right after the last of `events`. */
  readonly state: WireState;
  /** The first of its members are here, by FQID; the others are fetched in pages, as of its position. */
  readonly members_truncated?: true;
  /** What the hub's own people among those are called, by FQID. */
  readonly names?: Readonly<Record<string, string>>;
  /** Lower-case hex SHA-256 of the canonical `state`, with all its members. */
  readonly state_hash: string;
  /** Base64, by the key of `head`; of `stateText`. */
  readonly state_signature: string;
  /** The newest up to `state`, oldest first. */
  readonly events: readonly WireEvent[];
  /** Everything since, the join among it. */
  readonly since: readonly WireEvent[];
}

/** A part of the members of a state that was handed over, by FQID. */
export interface WireMembers {
  readonly members: WireState["members"];
  readonly names: Readonly<Record<string, string>>;
  /** The last of these, after whom the next page begins; null for the last page. */
  readonly next: Fqid | null;
}

/** A room's fold, without what is not for others: how it stands in its own server's directory and workspaces. */
export interface WireState {
  readonly position: number;
  readonly room_alias: string | null;
  readonly room: Omit<RoomState, "isPublic" | "workspaceId" | "scopeKind" | "closeOnLeave" | "federated">;
  /** By FQID. Reasons are in their events alone. */
  readonly members: readonly Omit<MemberState, "reason">[];
}

/** The bytes whose hash is `state_hash`. */
export function wireStateText(state: WireState): string {
  return canonical(state as unknown as Json);
}

/** The canonical bytes that a hub signs for a state that it hands over. */
export function stateText(state: { room_id: RoomId; position: number; state_hash: string }): string {
  return `{"position":${state.position},"room_id":${JSON.stringify(state.room_id)},"state_hash":"${state.state_hash}"}`;
}
