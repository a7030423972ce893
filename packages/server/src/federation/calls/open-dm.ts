import { type Fqid, type RoomId, StairwellError } from "@stairwell/protocol";
import { dmHubOf } from "@stairwell/protocol/federation";
import { decide, hasLeft } from "@stairwell/protocol/room";
import type { Actor } from "../../auth/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import { findEvent, type Log } from "../../events/index.ts";
import { newId } from "../../lib/random.ts";
import { findByFqid, findByNo, type Participant } from "../../participants/index.ts";
import { type Answer, perform, type Receipt, type RequestName } from "../../receipts/index.ts";
import {
  carryOut,
  factsOf,
  findDm,
  findMember,
  granted,
  mustBeActive,
  nextRoomNo,
  partPair,
  personOf,
  type StoredRoom,
} from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { factsOfNewDm } from "../hub/dm-facts.ts";
import { meet, type InviteParts } from "./invite-from-elsewhere.ts";
import { namedElsewhere } from "./named-elsewhere.ts";
import { NO_ROOM } from "../rows/proposals.store.ts";
import { findByRequest } from "../rows/repeats.store.ts";
import { nothingShown } from "../replica/propose-opening.ts";
import { findReplicaState } from "../rows/replicas.store.ts";

export interface OpenDmParts extends Omit<InviteParts, "db"> {
  /** The store, whose commands in rooms of other hubs are asked for there. */
  readonly db: Db;
  readonly log: Log;
  /** As `proposeOpening`. */
  readonly proposeDm: (
    tenant: Tenant,
    opener: Participant,
    other: Fqid,
    request: RequestName | undefined,
  ) => Promise<boolean>;
}

export interface OpenedDm extends Answer<{ room_id: string }> {
  readonly appended: number;
}

/** Rooms of the pair that turn out to be over at their hub before one is there that is not. */
const MOST_OVER = 3;

/**
 * Opens the direct room of the caller and somebody of another server (FD24): 201 when it is new, 200 when it was there. Its
 * hub is the server whose name sorts first. The caller is in it, the other is invited; of one that was there who left it comes
 * back (DM4), and who declined is invited again. `SW_PARTICIPANT_NOT_FOUND`, `SW_FED_POLICY`, `SW_FED_PEER_UNKNOWN`,
 * `SW_FED_PEER_UNREACHABLE` with nothing left behind, `SW_FED_OUTCOME_UNKNOWN`; `SW_ROOM_TYPE_INVARIANT` with oneself.
 */
export async function openFederatedDm(
  parts: OpenDmParts,
  actor: Actor,
  receipt: Receipt | undefined,
  named: string,
): Promise<OpenedDm> {
  const other = somebodyElsewhere(actor, named);
  if (await isToBeMet(parts.db, actor, other)) await meet(parts, actor.tenant, other);
  for (let over = 0; ; over++) {
    try {
      return await opened(parts, actor, receipt, other);
    } catch (error) {
      if (over === MOST_OVER || !isOver(error) || !(await forgotten(parts.db, actor, other))) throw error;
    }
  }
}

function somebodyElsewhere({ fqid, tenant }: Actor, named: string): Fqid {
  if (named === fqid) {
    throw new StairwellError("SW_ROOM_TYPE_INVARIANT", { message: "A direct room needs somebody else.", rule: "DM2" });
  }
  return namedElsewhere(tenant, named, "open a room with them by POST /v1/rooms/dm, with their participant_id");
}

/** Whether the other's server is to be asked for them: nobody is invited who is not there, or was deactivated since. */
function isToBeMet(db: Db, actor: Actor, other: Fqid): Promise<boolean> {
  return db.snapshot(async (reader) => {
    const { tenantNo } = actor.tenant;
    const person = await findByFqid(reader, tenantNo, other);
    const stored = person && (await findDm(reader, tenantNo, actor.participantNo, person.participantNo));
    if (stored === undefined) return true;
    const { facts } = await factsOf(reader, actor, 0, stored, { target: { fqid: other } });
    const membership = facts.target?.member?.membership;
    return membership !== "join" && membership !== "invite" && !hasLeft(facts);
  });
}

/** Thrown where the pair has no direct room here and another server is to make it. */
class Elsewhere extends Error {
  readonly request: RequestName | undefined;

  constructor(request: RequestName | undefined) {
    super("the direct room is to be made by another server");
    this.request = request;
  }
}

async function opened(parts: OpenDmParts, actor: Actor, receipt: Receipt | undefined, other: Fqid): Promise<OpenedDm> {
  const { db, tenant } = { db: parts.db, tenant: actor.tenant };
  let isNew: boolean | undefined;
  for (;;) {
    try {
      return await perform(db, tenant, receipt, (tx) => openedIn(tx, parts, actor, receipt, other, isNew));
    } catch (error) {
      if (!(error instanceof Elsewhere)) throw error;
      if (isNew !== undefined) throw nothingShown();
      const opener = (await findByNo(db, tenant.tenantNo, actor.participantNo))!;
      isNew = await parts.proposeDm(tenant, opener, other, error.request);
    }
  }
}

/** What the opener's server says of a new room at first: its beginning, the join, the invite. */
const SAID = 3;

async function openedIn(
  tx: Tx,
  { log }: OpenDmParts,
  actor: Actor,
  receipt: Receipt | undefined,
  other: Fqid,
  isNew: boolean | undefined,
): Promise<OpenedDm> {
  await mustBeActive(tx, actor);
  const { tenantNo, serverName } = actor.tenant;
  const person = await findByFqid(tx, tenantNo, other);
  if (person === undefined) throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  const stored = await findDm(tx, tenantNo, actor.participantNo, person.participantNo);
  if (stored !== undefined && isNew === true) return { status: 201, ref: { room_id: stored.roomId }, appended: SAID };
  // Nobody was told so then.
  if (stored !== undefined && (await isOpenedBy(tx, stored, receipt?.request))) {
    return { status: 201, ref: { room_id: stored.roomId }, appended: 0 };
  }
  if (stored !== undefined) {
    const found = await factsOf(tx, actor, tx.now, stored, { target: { fqid: other } });
    const { events } = await carryOut(tx, log, found, decide(found.facts, { kind: "federatedDm" }));
    return { status: 200, ref: { room_id: stored.roomId }, appended: events.length };
  }
  if (dmHubOf(serverName, person.serverName) !== serverName) throw new Elsewhere(receipt?.request);
  const facts = await factsOfNewDm(tx, actor, tx.now, person.serverName, personOf(person));
  const drafts = granted(decide(facts, { kind: "federatedDm" }));
  const [low, high] = [actor.participantNo, person.participantNo].sort((a, b) => a - b) as [number, number];
  const ref = {
    tenantNo,
    roomNo: await nextRoomNo(tx, tenantNo),
    roomId: newId<RoomId>("room"),
    birth: { alias: null, hub: serverName, pair: [low, high] as const },
  };
  const { events } = await log.append(tx, ref, undefined, drafts);
  return { status: 201, ref: { room_id: ref.roomId }, appended: events.length };
}

/** Whether a direct room was made for what was asked for under the same `Idempotency-Key` (AP6). */
async function isOpenedBy(tx: Tx, stored: StoredRoom, request: RequestName | undefined): Promise<boolean> {
  const asked = request && (await findByRequest(tx, stored.tenantNo, request.key));
  if (asked?.roomNo !== NO_ROOM || asked.error !== null) return false;
  return (await findEvent(tx, stored, asked.eventId)) !== undefined;
}

/** What a hub answers of a room that was closed there, or that it knows no more. */
function isOver(error: unknown): boolean {
  return error instanceof StairwellError && (error.code === "SW_ROOM_FROZEN" || error.code === "SW_ROOM_NOT_FOUND");
}

/**
 * The pair's direct room is over at its hub, and our side was not in it, so that nobody told us: the pair may have another.
 * False where that cannot be said of it.
 */
function forgotten(db: Db, { tenant, participantNo }: Actor, other: Fqid): Promise<boolean> {
  const { tenantNo, serverName } = tenant;
  return db.write({ tenantNo }, async (tx) => {
    const person = await findByFqid(tx, tenantNo, other);
    const stored = person && (await findDm(tx, tenantNo, participantNo, person.participantNo));
    if (stored === undefined || stored.hub === serverName) return false;
    if ((await findReplicaState(tx, stored)) === "conflict") return false;
    if ((await findMember(tx, stored, participantNo))?.membership === "join") return false;
    return (await partPair(tx, stored)) > 0;
  });
}
