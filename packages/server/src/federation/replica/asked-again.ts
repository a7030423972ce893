import { type EventId, StairwellError } from "@stairwell/protocol";
import type { ProposedEvent, WireRefusal } from "@stairwell/protocol/federation";
import type { Said, Sequenced } from "../../events/index.ts";
import type { RequestName } from "../../receipts/index.ts";
import { findRoomByNo } from "../../state/index.ts";
import { findTenant } from "../../tenants/index.ts";
import { findByRequest, listBefore } from "../rows/repeats.store.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import { fateOf, isSaidIn, otherThanBefore, outcomeOf, type ProposeParts } from "./propose.ts";

/** By what a command may be known that was asked for before (AP6, EV1). */
export interface Again {
  readonly request: RequestName | undefined;
  readonly said: Said | undefined;
}

/**
 * What came of a command that was proposed to its room's hub before and is refused here by now, as somebody who was kicked
 * cannot be kicked again: a repeat is answered by what became of the first, or waits for that (FD13, AP6, EV1). Undefined
 * where nothing was proposed. Throws the hub's refusal of it; `SW_IDEMPOTENCY_CONFLICT` where it said something else; else
 * as `propose`.
 */
export async function askedAgain(parts: ProposeParts, tenantNo: number, again: Again): Promise<Sequenced | undefined> {
  const { db } = parts;
  const before = (await byRequest(parts, tenantNo, again)) ?? (await byUuid(parts, tenantNo, again));
  const at = before && (await findRoomByNo(db, tenantNo, before.roomNo));
  if (before === undefined || at === undefined) return undefined;
  if (before.error !== null) {
    const { code, ...info } = before.error;
    throw new StairwellError(code, info);
  }
  const { eventId: id, event: said } = before;
  const isAsked = said !== null && (await findReplicaState(db, at)) !== "conflict";
  const tenant = (await findTenant(db, tenantNo))!;
  const fate = isAsked ? await fateOf(parts, tenant, at.hub, id) : ({ kind: "unknown" } as const);
  return outcomeOf(parts, at, { id, said }, fate);
}

interface Before {
  readonly eventId: EventId;
  readonly roomNo: number;
  readonly event: ProposedEvent | null;
  readonly error: WireRefusal | null;
}

async function byRequest(
  { db }: ProposeParts,
  tenantNo: number,
  { request }: Pick<Again, "request">,
): Promise<Before | undefined> {
  const before = request && (await findByRequest(db, tenantNo, request.key));
  if (before === undefined || before.requestBody === request!.bodyHash) return before;
  throw otherThanBefore("AP6");
}

async function byUuid(
  { db }: ProposeParts,
  tenantNo: number,
  { said }: Pick<Again, "said">,
): Promise<Before | undefined> {
  if (said === undefined) return undefined;
  const { roomNo, participantNo, eventUuid, sender } = said;
  const asked = { eventUuid, request: undefined };
  const known = await listBefore(db, { tenantNo, roomNo }, participantNo, asked);
  const before = known.find(({ event }) => event?.sender === sender);
  if (before === undefined) return undefined;
  if (isSaidIn(before.event, said)) return { ...before, roomNo, error: null };
  throw otherThanBefore("EV1");
}
