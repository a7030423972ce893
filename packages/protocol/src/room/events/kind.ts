import type { Static, TSchema } from "typebox";
import type { Fqid } from "../../ids.ts";
import type { JsonObject } from "../../json.ts";
import type { MemberState, RoomState } from "../state.ts";

/** An event as the fold sees it. */
export interface LoggedEvent {
  readonly position: number;
  readonly type: string;
  /** Null once it was wiped or withheld. */
  readonly content: JsonObject | null;
  readonly sender: Fqid | null;
  /** Unix milliseconds by the hub's clock. */
  readonly hubTs: number;
}

/** What one event can touch: the room, and the one person it is about. */
export interface Fold {
  readonly room: RoomState;
  readonly member?: MemberState;
}

/** One type of state event: its schema, whom it is about, and what it means. */
export interface EventKind<S extends TSchema = TSchema> {
  readonly type: string;
  readonly content: S;
  readonly subject?: (content: Static<S>) => Fqid;
  readonly apply: (room: RoomState, member: MemberState | undefined, content: Static<S>, event: LoggedEvent) => Fold;
}

export function eventKind<S extends TSchema>(kind: EventKind<S>): EventKind<S> {
  return kind;
}
