import type { EventId, Fqid, JsonObject } from "@stairwell/protocol";
import type { Draft, RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../db/index.ts";
import type { RoomRef, StoredEvent } from "./event.ts";

/**
 * Thrown where a command was decided in a room that another server orders: what it says is to be proposed there, and
 * nothing is written here (FD13). Whoever runs commands catches it and runs the command again with what came of it.
 */
export class NotHub extends Error {
  override readonly name = "NotHub";
  readonly at: RoomRef & { readonly hub: string };
  readonly draft: Draft;
  readonly asked: Asked;

  constructor(at: RoomRef & { readonly hub: string }, draft: Draft, asked: Asked) {
    super("the room is ordered by another server");
    this.at = at;
    this.draft = draft;
    this.asked = asked;
  }
}

/**
 * Thrown where somebody comes back to a room whose server has not answered their leave yet (FD13): whoever runs commands
 * takes it back, if it has not left, and runs the command again.
 */
export class StillLeaving extends Error {
  override readonly name = "StillLeaving";
  readonly at: RoomRef;
  readonly participantNo: number;
  readonly eventId: EventId;

  constructor(at: RoomRef, participantNo: number, eventId: EventId) {
    super("a leave waits for the room's server");
    this.at = at;
    this.participantNo = participantNo;
    this.eventId = eventId;
  }
}

/** By what a repeat is known (EV1, AP6). */
export interface Asked {
  readonly eventUuid: string | null;
  readonly request: { readonly key: string; readonly bodyHash: string } | undefined;
}

/** What is said with an `event_uuid` in a room of another hub, by which a repeat of it is known (EV1). */
export interface Said {
  readonly roomNo: number;
  /** Who asks; `sender` is a bot where it is on its behalf. */
  readonly participantNo: number;
  readonly eventUuid: string;
  readonly sender: Fqid;
  readonly actedBy: Fqid | null;
  readonly type: string;
  readonly content: JsonObject;
}

const sayings = new WeakMap<Tx, Said>();

/** Tells what a command is about to say, before anything of that is refused: it may have been proposed already. */
export function aboutToSay(tx: Tx, said: Said): void {
  sayings.set(tx, said);
}

export function saidIn(tx: Tx): Said | undefined {
  return sayings.get(tx);
}

/** What a room's hub has made of a proposal, as it is in the log here; nothing, where it changed nothing. */
export interface Sequenced {
  readonly roomNo: number;
  readonly events: readonly StoredEvent[];
}

const sequenced = new WeakMap<Tx, Sequenced>();

/** Tells a transaction what has already come of what its command is about to propose. */
export function withSequenced(tx: Tx, outcome: Sequenced): Tx {
  sequenced.set(tx, outcome);
  return tx;
}

/** Whether a command in a room of another hub runs again, with what has come of it. */
export function isSequenced(tx: Tx, { roomNo }: Pick<RoomRef, "roomNo">): boolean {
  return sequenced.get(tx)?.roomNo === roomNo;
}

/**
 * What came of a command in a room of another hub. Where the hub was not asked yet it throws `NotHub` with what `propose`
 * answers, or what that throws: a refusal here saves asking.
 */
export function sequencedElsewhere(
  tx: Tx,
  at: RoomRef & { readonly hub: string; readonly room: RoomState },
  propose: () => Draft | undefined,
  asked: Asked,
): { events: StoredEvent[]; room: RoomState } {
  const outcome = sequenced.get(tx);
  if (outcome?.roomNo === at.roomNo) return { events: [...outcome.events], room: at.room };
  const draft = propose();
  if (draft === undefined) return { events: [], room: at.room };
  throw new NotHub(at, draft, asked);
}
