import {
  canonical,
  contentHashText,
  contentText,
  type EventId,
  type Fqid,
  type JsonObject,
  proposalText,
  StairwellError,
} from "@stairwell/protocol";
import type { ProposedEvent } from "@stairwell/protocol/federation";
import type { Db, Tx } from "../../db/index.ts";
import { type Asked, findEvent, type NotHub, type Said, type Sequenced } from "../../events/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { every, type Loop } from "../../lib/periodic.ts";
import { newId, newSalt, sha256 } from "../../lib/random.ts";
import type { Timers } from "../../lib/timers.ts";
import type { Turns } from "../../nodes/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { findSigningKey, findTenant, signWith, type SigningKey, type Tenant } from "../../tenants/index.ts";
import { findFate, insertProposal, takeBack } from "../rows/proposals.store.ts";
import { listBefore } from "../rows/repeats.store.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import { frozen } from "./conflict.ts";
import type { Fate, Fates } from "./fates.ts";
import { isLeave, leftHere, type TellLeaving, waitingToLeave } from "./leaving.ts";
import { isSaid, Pending } from "./pending.ts";
import { putAway } from "./put-away.ts";

export interface ProposeParts {
  readonly db: Db;
  readonly clock: Pick<Clock, "now">;
  readonly fates: Fates;
  /** Tells somebody's devices that they are leaving a room, or are not after all. */
  readonly tellLeaving: TellLeaving;
  readonly timers: Timers;
  readonly turns: Pick<Turns, "isShared">;
  /** Sends what waits for a server, now. */
  readonly hurry: (tenant: Tenant, serverName: string) => void;
}

/** How long somebody waits for the hub of a room (FD13). */
const PATIENCE_MS = 5000;
/** How often it is looked whether another node has heard of it, which mostly says so itself. */
const LOOK_MS = 150;

/**
 * Asks the hub of a room to append what one of our people says (FD13), and answers what came of it. The proposal is kept
 * before it leaves, so that it is asked again under the same id until the hub has said yes or no. Throws the hub's refusal;
 * `SW_FED_PEER_UNREACHABLE` where it did not leave, `SW_FED_OUTCOME_UNKNOWN` where no answer came in time; of what is said,
 * rather than done, `Pending` for both.
 */
export async function propose(parts: ProposeParts, { at, draft, asked }: NotHub): Promise<Sequenced> {
  const { db, clock } = parts;
  const tenant = (await findTenant(db, at.tenantNo))!;
  const state = await findReplicaState(db, at);
  const goes = isLeave(draft);
  if (state === "ended") return goes ? leftHere(parts, at, draft.sender) : putAway(parts, at, draft);
  const key = await findSigningKey(db, tenant.tenantNo, clock.now());
  if (key === undefined) throw new Error("a tenant without a signing key");
  const event = signed(key, at.roomId, draft, clock.now());
  const author = await findByFqid(db, tenant.tenantNo, draft.actedBy ?? draft.sender);
  const before = await db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const known = await askedBefore(tx, at, author!.participantNo, asked, event);
    if (known !== undefined) return known;
    if (!goes && state === "conflict") throw frozen();
    const { participantNo } = author!;
    await insertProposal(tx, tenant.tenantNo, at.hub, {
      roomNo: at.roomNo,
      participantNo,
      ...asked,
      event,
      opening: null,
    });
    return undefined;
  });
  const { eventId, said } = before ?? { eventId: event.id, said: event };
  // Of a room that nothing is asked of any more, a leave waits for what its administrators decide.
  if (state === "conflict") return outcomeOf(parts, at, { id: eventId, said }, { kind: "unknown" });
  // Whatever has become of it before this line is on record.
  const fate = await fateOf(parts, tenant, at.hub, eventId, said === null ? 0 : PATIENCE_MS);
  return outcomeOf(parts, at, { id: eventId, said }, fate);
}

/** Has what waits for a server sent, and waits for what becomes of a proposal to it, so many milliseconds. */
export async function fateOf(
  parts: ProposeParts,
  tenant: Tenant,
  hub: string,
  eventId: EventId,
  withinMs: number = PATIENCE_MS,
): Promise<Fate> {
  const fate = parts.fates.of(tenant.tenantNo, eventId, withinMs);
  parts.hurry(tenant, hub);
  const looking = parts.turns.isShared ? lookFor(parts, tenant.tenantNo, eventId) : undefined;
  const outcome = await fate;
  void looking?.stop();
  return outcome;
}

/** Ends the wait for a fate that is on record, whoever put it there. */
function lookFor({ db, fates, timers }: ProposeParts, tenantNo: number, eventId: EventId): Loop {
  const look = async () => {
    if ((await findFate(db, tenantNo, eventId)) !== undefined) fates.end(tenantNo, eventId, { kind: "unknown" });
  };
  // What fails is looked for again.
  return every(LOOK_MS, look, () => {}, timers);
}

interface Proposal {
  readonly id: EventId;
  /** Null once its fate is known. */
  readonly said: ProposedEvent | null;
}

/**
 * What is asked for here once more, by its `event_uuid` or its `Idempotency-Key`: a repeat waits for the fate of the
 * first, and is no second event. `SW_IDEMPOTENCY_CONFLICT` where it says something else.
 */
async function askedBefore(
  tx: Tx,
  at: NotHub["at"],
  participantNo: number,
  asked: Asked,
  { sender, acted_by: actedBy, event_type: type, content }: ProposedEvent,
): Promise<{ eventId: EventId; said: ProposedEvent | null } | undefined> {
  for (const known of await listBefore(tx, at, participantNo, asked)) {
    const { eventId, event: said, isSameRequest, requestBody } = known;
    if (!isSameRequest && said?.sender !== sender) continue;
    const isSame = isSameRequest
      ? requestBody === asked.request?.bodyHash
      : isSaidIn(said, { sender, actedBy, type, content });
    if (isSame) return { eventId, said };
    throw otherThanBefore(isSameRequest ? "AP6" : "EV1");
  }
  return undefined;
}

/** Whether a proposal says just this. */
export function isSaidIn(
  event: ProposedEvent | null,
  { sender, actedBy, type, content }: Pick<Said, "sender" | "actedBy" | "type" | "content">,
): boolean {
  return (
    event?.sender === sender &&
    event.event_type === type &&
    event.acted_by === actedBy &&
    canonical(event.content) === canonical(content)
  );
}

export function otherThanBefore(rule: "AP6" | "EV1"): StairwellError {
  return new StairwellError("SW_IDEMPOTENCY_CONFLICT", {
    rule,
    message: "Something else was asked for with this key, of the room's server.",
  });
}

export function signed(
  key: SigningKey,
  roomId: ProposedEvent["room_id"],
  draft: { type: string; content: JsonObject; sender: Fqid; actedBy?: Fqid },
  now: number,
): ProposedEvent {
  const salt = newSalt();
  const content_hash = sha256(contentHashText(contentText(draft.content), salt));
  const proposal = {
    room_id: roomId,
    id: newId<EventId>("event"),
    event_type: draft.type,
    sender: draft.sender,
    acted_by: draft.actedBy ?? null,
    origin_ts: now,
    content_hash,
  };
  const signature = { key_id: key.keyId, value: signWith(key, proposalText(proposal)) };
  return { v: 1, ...proposal, content: draft.content, salt, signature };
}

export async function outcomeOf(
  parts: ProposeParts,
  at: NotHub["at"],
  { id, said }: Proposal,
  fate: Fate,
): Promise<Sequenced> {
  const { roomNo, tenantNo } = at;
  switch (fate.kind) {
    case "sequenced":
      return { roomNo, events: [fate.event] };
    case "unchanged":
      return { roomNo, events: [] };
    case "refused": {
      const { code, ...info } = fate.error;
      throw new StairwellError(code, info);
    }
    case "unknown":
      return onRecord(parts, at, { id, said });
    case "unsent": {
      if (said !== null && isLeave({ type: said.event_type, ...said })) return onRecord(parts, at, { id, said });
      if (said !== null && isSaid(said.event_type)) throw new Pending(said);
      // Nobody is to be surprised later by what they were told had failed.
      const isGone = await parts.db.write({ tenantNo }, (tx) => takeBack(tx, tenantNo, id));
      if (!isGone) return onRecord(parts, at, { id, said });
      throw fate.error instanceof StairwellError ? fate.error : new StairwellError("SW_FED_PEER_UNREACHABLE");
    }
  }
}

/** What another process, or an earlier request, has learned of a proposal; else it waits on. */
async function onRecord(parts: ProposeParts, at: NotHub["at"], { id, said }: Proposal): Promise<Sequenced> {
  const { db } = parts;
  const known = await findFate(db, at.tenantNo, id);
  if (known?.error === null) {
    const event = await findEvent(db, at, id);
    return { roomNo: at.roomNo, events: event === undefined ? [] : [event] };
  }
  if (known !== undefined) {
    const { code, ...info } = known.error;
    throw new StairwellError(code, info);
  }
  if (said !== null && isLeave({ type: said.event_type, ...said })) return waitingToLeave(parts, at, said);
  if (said !== null && isSaid(said.event_type)) throw new Pending(said);
  // Nobody has asked for it yet, and nobody is to be surprised by it later.
  if (await db.write({ tenantNo: at.tenantNo }, (tx) => takeBack(tx, at.tenantNo, id))) {
    throw new StairwellError("SW_FED_PEER_UNREACHABLE", { rule: "FD13" });
  }
  throw new StairwellError("SW_FED_OUTCOME_UNKNOWN", {
    rule: "FD13",
    message: "The room's server did not answer in time; it is asked again, and its log will say.",
    details: { event_id: id },
  });
}
