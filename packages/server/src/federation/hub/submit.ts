import { canonical, invalid, serverFqid, StairwellError } from "@stairwell/protocol";
import {
  type AskedFor,
  commandOf,
  type ItemResult,
  type ProposedEvent,
  type WireJoin,
  wireStateText,
} from "@stairwell/protocol/federation";
import { decide, type Draft, EDIT, MESSAGE, type RoomCommand } from "@stairwell/protocol/room";
import type { Db, Tx } from "../../db/index.ts";
import { findEvent, findEventAt, type Log, listSignatures, type StoredEvent } from "../../events/index.ts";
import { sha256 } from "../../lib/random.ts";
import { policyOf } from "../../peers/index.ts";
import { factsOf, findMember, findRoom, granted, type StoredRoom } from "../../state/index.ts";
import { findSigningKey, type SigningKey, type Tenant } from "../../tenants/index.ts";
import { findDelivery } from "../deliveries.store.ts";
import { knownOrMade } from "../foreign-people.ts";
import { type KeyOf, signHead, signState } from "../heads.ts";
import { listWireEvents, type Sight, sightBy, toWireEvent } from "../wire-event.ts";
import { missingFrom } from "./content.ts";
import { foreignActor } from "./foreign-actor.ts";
import { needsOf } from "./needs-of.ts";
import { checkProposal } from "./proposal.ts";
import { stateOf } from "./state-of.ts";

export interface SubmitParts {
  readonly db: Db;
  readonly log: Log;
}

/** Who proposes: the server that signed the request, and whose keys verify what its people say. */
export interface Proposer {
  readonly tenant: Tenant;
  readonly serverName: string;
  readonly keyOf: KeyOf;
}

/** Events handed to a server that joins (FD12). */
const FIRST_SIGHT = 100;

/**
 * Sequences what somebody of another server proposes in a room of ours (FD13, FD14): decided by the same function as what
 * our own people do, and appended only where what comes of it is, byte for byte, what they signed. The same proposal again
 * is answered as the first time. Throws what it is refused with.
 */
export async function submit({ db, log }: SubmitParts, proposer: Proposer, event: ProposedEvent): Promise<ItemResult> {
  await checkProposal(proposer.keyOf, proposer.serverName, event);
  const asked = commandOf(event);
  const { tenant } = proposer;
  return db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const stored = await sharedRoom(tx, proposer, event.room_id);
    const before = await findEvent(tx, stored, event.id);
    if (before !== undefined) {
      return sequenced(tx, tenant, stored, again(before, event), await sightOf(tx, proposer, stored));
    }
    return decided(tx, log, proposer, stored, asked, event);
  });
}

/** FD19: unknown, not federated and not shared with the asker are the same 404. */
export async function sharedRoom(tx: Tx, { tenant, serverName }: Proposer, roomId: string): Promise<StoredRoom> {
  const stored = await findRoom(tx, tenant.tenantNo, roomId);
  if (stored?.hub !== tenant.serverName || !stored.room.federated) throw new StairwellError("SW_ROOM_NOT_FOUND");
  const delivery = await findDelivery(tx, stored, serverName);
  if (delivery === undefined || delivery.joined + delivery.invited === 0) throw new StairwellError("SW_ROOM_NOT_FOUND");
  return stored;
}

async function sightOf(tx: Tx, { tenant, serverName }: Proposer, stored: StoredRoom): Promise<Sight> {
  const delivery = await findDelivery(tx, stored, serverName);
  return sightBy(await policyOf(tx, tenant.tenantNo), delivery?.firstPosition ?? null);
}

/** An event of the same id is the same proposal, or a lie. */
function again(before: StoredEvent, event: ProposedEvent): StoredEvent {
  const isSame =
    before.contentHash === event.content_hash &&
    before.sender === event.sender &&
    before.actedBy === event.acted_by &&
    before.eventType === event.event_type &&
    before.originTs === event.origin_ts;
  if (isSame) return before;
  throw new StairwellError("SW_IDEMPOTENCY_CONFLICT", { message: "Another event has this id.", rule: "FD16" });
}

async function decided(
  tx: Tx,
  log: Log,
  proposer: Proposer,
  stored: StoredRoom,
  asked: AskedFor,
  event: ProposedEvent,
): Promise<ItemResult> {
  const { tenant, serverName } = proposer;
  const caller = await knownOrMade(tx, tenant, asked.caller);
  if (caller === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
  if (asked.target !== undefined) await knownOrMade(tx, tenant, asked.target);
  const actor = foreignActor(tenant, caller);
  const found = await factsOf(tx, actor, tx.now, stored, needsOf(asked));
  refuseThePast(asked.command, tx.now);
  const command = await withMissing(tx, stored, asked.command, event);
  const drafts = granted(decide(found.facts, command));
  if (drafts.length === 0) return { status: "unchanged" };
  const main = drafts.find(({ sender, actedBy }) => sender === caller.fqid || actedBy === caller.fqid);
  const isIt =
    main?.type === event.event_type &&
    main.sender === event.sender &&
    (main.actedBy ?? null) === event.acted_by &&
    canonical(main.content) === canonical(event.content);
  if (!isIt) {
    throw new StairwellError("SW_MEMBER_STATE", {
      message: "The room is not what it was when this was said; look again.",
      rule: "FD13",
    });
  }
  const delivery = (await findDelivery(tx, stored, serverName))!;
  const handover = delivery.firstPosition === null ? await stateOf(tx, stored) : undefined;
  const { events } = await log.append(tx, stored, stored.room, others(drafts, main, tenant), {
    proposed: {
      draft: main,
      eventId: event.id,
      originTs: event.origin_ts,
      salt: event.salt,
      signature: { keyId: event.signature.key_id, value: event.signature.value },
    },
  });
  const own = events.find(({ eventId }) => eventId === event.id)!;
  const sight = await sightOf(tx, proposer, stored);
  const result = await sequenced(tx, tenant, stored, own, sight);
  if (handover === undefined) return result;
  const joins = (await findMember(tx, stored, caller.participantNo))?.membership === "join";
  if (!joins) return result;
  return { ...result, join: await handedOver(tx, tenant, stored, handover, sight) };
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

async function keyOfTenant(tx: Tx, { tenantNo }: Tenant): Promise<SigningKey> {
  const key = await findSigningKey(tx, tenantNo, tx.now);
  if (key === undefined) throw new Error("a tenant without a signing key");
  return key;
}

async function sequenced(
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
    event: toWireEvent(stored, event, previous!.hash, signature, sight),
    head: signHead(await keyOfTenant(tx, tenant), stored.roomId, event),
  };
}

/** What a server is given with its first join: the state before it, what was said before, and all since (FD12). */
async function handedOver(
  tx: Tx,
  tenant: Tenant,
  stored: StoredRoom,
  state: WireJoin["state"],
  sight: Sight,
): Promise<WireJoin> {
  const state_hash = sha256(wireStateText(state));
  const { position } = state;
  const from = Math.max(1, position - FIRST_SIGHT + 1);
  return {
    state,
    state_hash,
    state_signature: signState(await keyOfTenant(tx, tenant), stored.roomId, { position, state_hash }),
    events: await listWireEvents(tx, stored, { from, to: position, limit: FIRST_SIGHT, sight }),
    since: await listWireEvents(tx, stored, { from: position + 1, to: Infinity, limit: FIRST_SIGHT, sight }),
  };
}
