import { canonical, invalid, parseFqid, serverFqid, StairwellError } from "@stairwell/protocol";
import { type AskedFor, commandOf, type ItemResult, type ProposedEvent } from "@stairwell/protocol/federation";
import { decide, type Draft, EDIT, MESSAGE, objection, type RoomCommand } from "@stairwell/protocol/room";
import type { Actor } from "../../auth/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import {
  findEvent,
  findEventAt,
  type Log,
  listSignatures,
  type ProposedDraft,
  type StoredEvent,
} from "../../events/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { policyOf } from "../../peers/index.ts";
import { allowed, factsOf, findMember, type Found, findRoom, granted, type StoredRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { findDelivery, findHandover, saveHandover } from "../rows/deliveries.store.ts";
import { knownOrMade } from "../people/foreign-people.ts";
import { signHead } from "../wire/heads.ts";
import { type Sight, sightBy, toWireEvent } from "../wire/wire-event.ts";
import { missingFrom } from "./content.ts";
import { foreignActor } from "./foreign-actor.ts";
import { handedOver, keyOfTenant, textToHandOver } from "./hand-over.ts";
import { needsOf } from "./needs-of.ts";
import { checkProposal } from "./proposal.ts";
import type { Proposer } from "./proposer.ts";
import { type Rates, takingOnce } from "./rates.ts";

export interface SubmitParts {
  readonly db: Db;
  readonly log: Log;
  readonly rates: Rates;
}

/**
 * Sequences what somebody of another server proposes in a room of ours (FD13, FD14): decided by the same function as what
 * our own people do, and appended only where what comes of it is, byte for byte, what they signed. The same proposal again
 * is answered as the first time, and costs nothing. Throws what it is refused with, `SW_RATE_LIMIT_EXCEEDED` beyond the
 * author's `send_rate`.
 */
export async function submit(parts: SubmitParts, proposer: Proposer, event: ProposedEvent): Promise<ItemResult> {
  await checkProposal(proposer.keyOf, proposer.serverName, event);
  const asked = commandOf(event);
  const { tenant } = proposer;
  const { db } = parts;
  const deciding = { ...parts, rates: takingOnce(parts.rates) };
  return db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const own = await findRoom(tx, tenant.tenantNo, event.room_id);
    const before = own?.hub === tenant.serverName ? await findEvent(tx, own, event.id) : undefined;
    // What a server's person has said it may ask about, were it that they left by it.
    if (before !== undefined && isSame(before, event)) return answeredAgain(tx, proposer, own!, before);
    const stored = await sharedRoom(tx, proposer, event.room_id);
    if (before === undefined) return decided(tx, deciding, proposer, stored, asked, event);
    throw new StairwellError("SW_IDEMPOTENCY_CONFLICT", { message: "Another event has this id.", rule: "FD16" });
  });
}

/** FD19: unknown, not federated and not shared with the asker are the same 404. */
export async function sharedRoom(tx: Tx, { tenant, serverName }: Proposer, roomId: string): Promise<StoredRoom> {
  const stored = await findRoom(tx, tenant.tenantNo, roomId);
  if (stored?.hub !== tenant.serverName || !stored.room.federated) throw new StairwellError("SW_ROOM_NOT_FOUND");
  const delivery = await findDelivery(tx, stored, serverName);
  // A side of a direct room comes back to it as they like (DM4): theirs it is for good.
  const isShared = delivery !== undefined && (delivery.joined + delivery.invited > 0 || stored.room.roomType === "dm");
  if (!isShared) throw new StairwellError("SW_ROOM_NOT_FOUND");
  return stored;
}

/** A draft as its server signed it. */
export function asProposed(draft: Draft, { id, origin_ts, salt, signature }: ProposedEvent): ProposedDraft {
  const { key_id: keyId, value } = signature;
  return { draft, eventId: id, originTs: origin_ts, salt, signature: { keyId, value } };
}

export async function sightOf(tx: Tx, { tenant, serverName }: Proposer, stored: StoredRoom): Promise<Sight> {
  const delivery = await findDelivery(tx, stored, serverName);
  return sightBy(await policyOf(tx, tenant.tenantNo), stored.room.roomType, delivery?.firstPosition ?? null);
}

/** The answer of the first time: with a first join all that it brought, until something of it was confirmed. */
export async function answeredAgain(
  tx: Tx,
  proposer: Proposer,
  stored: StoredRoom,
  event: StoredEvent,
): Promise<ItemResult> {
  const { tenant, serverName } = proposer;
  const sight = await sightOf(tx, proposer, stored);
  const result = await sequenced(tx, tenant, stored, event, sight);
  const state = await findHandover(tx, stored, serverName, event.position);
  if (state === undefined) return result;
  return { ...result, join: await handedOver(tx, tenant, stored, { text: state, join: event.position, sight }) };
}

/** An event of the same id is the same proposal, or a lie. */
export function isSame(before: StoredEvent, event: ProposedEvent): boolean {
  return (
    before.contentHash === event.content_hash &&
    before.sender === event.sender &&
    before.actedBy === event.acted_by &&
    before.eventType === event.event_type &&
    before.originTs === event.origin_ts
  );
}

async function decided(
  tx: Tx,
  { log, rates }: Pick<SubmitParts, "log" | "rates">,
  proposer: Proposer,
  stored: StoredRoom,
  asked: AskedFor,
  event: ProposedEvent,
): Promise<ItemResult> {
  const { tenant, serverName } = proposer;
  const caller = await findByFqid(tx, tenant.tenantNo, asked.caller);
  // Whoever was never invited is nobody here, and is not made somebody by being refused.
  if (caller === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
  const actor = foreignActor(tenant, caller);
  rates.take(actor);
  refuseThePast(asked.command, tx.now);
  const found = await factsFor(tx, actor, stored, asked);
  const command = await withMissing(tx, stored, asked.command, event);
  const returns = isReturn(found, asked);
  const drafts = granted(decide(found.facts, returns ? { kind: "federatedDm" } : command));
  if (drafts.length === 0) return { status: "unchanged" };
  const theirs = drafts.filter(({ sender, actedBy }) => sender === caller.fqid || actedBy === caller.fqid);
  // Who comes back need not know that the room was archived meanwhile: it is opened for them.
  const main = (returns ? theirs : theirs.slice(0, 1)).find((draft) => isIt(draft, event));
  if (main === undefined) {
    throw new StairwellError("SW_MEMBER_STATE", {
      message: "The room is not what it was when this was said; look again.",
      rule: "FD13",
    });
  }
  const delivery = (await findDelivery(tx, stored, serverName))!;
  const handover = delivery.firstPosition === null ? await textToHandOver(tx, stored) : undefined;
  const { events } = await log.append(tx, stored, stored.room, others(drafts, main, tenant), {
    proposed: [asProposed(main, event)],
  });
  if (events.length > 1) tx.afterCommit(() => rates.charge(actor, events.length - 1));
  const own = events.find(({ eventId }) => eventId === event.id)!;
  const sight = await sightOf(tx, proposer, stored);
  const result = await sequenced(tx, tenant, stored, own, sight);
  if (handover === undefined) return result;
  const joins = (await findMember(tx, stored, caller.participantNo))?.membership === "join";
  if (!joins) return result;
  await saveHandover(tx, stored, serverName, handover);
  return { ...result, join: await handedOver(tx, tenant, stored, { text: handover, join: own.position, sight }) };
}

/** Whether a draft is, byte for byte, what was proposed. */
function isIt({ type, sender, actedBy, content }: Draft, event: ProposedEvent): boolean {
  return (
    type === event.event_type &&
    sender === event.sender &&
    (actedBy ?? null) === event.acted_by &&
    canonical(content) === canonical(event.content)
  );
}

/** Whether a side of a direct room comes back to it, or asks the other side to: it is opened once more (FD24). */
function isReturn({ stored, target }: Found, { command, target: named }: AskedFor): boolean {
  const comes = command.kind === "join" || command.kind === "rejoin" || command.kind === "invite";
  if (stored?.room.roomType !== "dm" || !comes) return false;
  return named === undefined || target?.participantNo === stored.dmLow || target?.participantNo === stored.dmHigh;
}

/** The facts of what is asked for. Somebody whom nobody here knows yet is made known only where they may be invited. */
async function factsFor(tx: Tx, actor: Actor, stored: StoredRoom, asked: AskedFor): Promise<Found> {
  const { tenant } = actor;
  const found = await factsOf(tx, actor, tx.now, stored, needsOf(asked));
  const { command, target } = asked;
  if (command.kind !== "invite" || target === undefined || found.target !== undefined) return found;
  allowed(objection(found.facts, "invite"));
  const serverName = parseFqid(target)?.serverName;
  if (serverName === undefined || serverName === tenant.serverName) return found;
  if (!(await policyOf(tx, tenant.tenantNo)).members_may_invite)
    throw new StairwellError("SW_FED_POLICY", { rule: "FD11" });
  await knownOrMade(tx, tenant, target);
  return factsOf(tx, actor, tx.now, stored, needsOf(asked));
}

/** A ban that is over before it begins is no ban, as for our own people. */
function refuseThePast(command: RoomCommand, now: number): void {
  if (command.kind !== "ban" || command.expiresAt === null || command.expiresAt > now) return;
  throw invalid("/content/expires_at", "must be in the future");
}

async function withMissing(
  tx: Tx,
  stored: StoredRoom,
  command: RoomCommand,
  event: ProposedEvent,
): Promise<RoomCommand> {
  if (command.kind === "send" && event.event_type === MESSAGE) {
    return { ...command, missing: await missingFrom(tx, stored, command.content) };
  }
  if (command.kind !== "edit" || event.event_type !== EDIT) return command;
  const { reply_to_event_id: _, ...said } = command.content;
  return { ...command, missing: await missingFrom(tx, stored, said) };
}

/** What follows from a proposal is the hub's doing: its server signed nothing of it. */
function others(drafts: readonly Draft[], main: Draft, tenant: Tenant): Draft[] {
  const causedBy = drafts.indexOf(main);
  return drafts.map((draft) =>
    draft !== main && draft.sender === main.sender
      ? { ...draft, sender: serverFqid(tenant.serverName), causedBy }
      : draft,
  );
}

export async function sequenced(
  tx: Tx,
  tenant: Tenant,
  stored: StoredRoom,
  event: StoredEvent,
  sight: Sight,
): Promise<Extract<ItemResult, { status: "sequenced" }>> {
  const previous = event.position === 1 ? undefined : await findEventAt(tx, stored, event.position - 1);
  const signature = (await listSignatures(tx, stored, event.position, event.position)).get(event.position);
  return {
    status: "sequenced",
    // What their own person said they have said themselves, wherever their sight begins.
    event: toWireEvent(stored, event, previous!.hash, signature, { from: Math.min(sight.from, event.position) }),
    head: signHead(await keyOfTenant(tx, tenant), stored.roomId, event),
  };
}
