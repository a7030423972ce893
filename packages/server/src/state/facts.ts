import { LIMITS, StairwellError } from "@stairwell/protocol";
import {
  asOf,
  type Decision,
  type Draft,
  type Facts,
  type MemberState,
  type Person,
  POWER,
  type Refusal,
} from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader, Tx } from "../db/index.ts";
import { type Appended, type Head, type Log, sequencedElsewhere, StillLeaving } from "../events/index.ts";
import { requestOf } from "../receipts/index.ts";
import { admits, policyOf } from "../peers/index.ts";
import { NO_LIMITS } from "../tenants/index.ts";
import { findByFqid, findById, findByNo, type Participant } from "../participants/index.ts";
import { listCandidates, listHeirs } from "./heirs.store.ts";
import { countInvitesBy, findMember, findOtherMember } from "./members.store.ts";
import { findForeigners } from "./foreigners.ts";
import { listFormerServers } from "./former-servers.store.ts";
import { findEventFacts } from "./event-facts.ts";
import { findLeaving } from "./leavings.store.ts";
import { findOwnMember } from "./own-member.ts";
import type { StoredRoom } from "./room-row.ts";
import { countOpenRooms, findRoom } from "./rooms.store.ts";

/** Whom a command names, by one of the two. */
export type TargetName = { participantId: string } | { fqid: string };

/** What a command needs looked up besides the room and the caller's own row. */
export interface Needs {
  target?: TargetName | undefined;
  /** Who inherits if the caller, or the target, is the last admin and goes. */
  heirWithout?: "actor" | "target";
  /** Who could be an admin in the target's stead (PL3). */
  candidates?: true;
  /** The event it is about; with an emoji, how that stands on it. `anywhere`: whether the caller may read it or not. */
  event?: { id: string; emoji?: string; anywhere?: true };
  openInvites?: true;
  /** The caller comes to be in the room by it, which a person who was deactivated since they were let in must not. */
  enters?: true;
  openRooms?: true;
  /** Which servers had the room when its sharing ended. */
  formerServers?: boolean;
}

/** The facts of one command, with the rows behind them. */
export interface Found {
  readonly facts: Facts;
  /** Undefined: unknown to this tenant. Whether the caller may see it, the rules say. */
  readonly stored: StoredRoom | undefined;
  readonly target: Participant | undefined;
  /** The end of the room's log, where it was read in this transaction. */
  readonly head: Head | undefined;
}

/** Loads what a command on a room is decided by: a handful of rows by key, whatever the room's size. */
export async function findFacts(
  reader: Reader,
  actor: Actor,
  now: number,
  roomId: string,
  needs: Needs = {},
): Promise<Found> {
  return factsOf(reader, actor, now, await findRoom(reader, actor.tenant.tenantNo, roomId), needs);
}

/** As `findFacts`, of a room that was found already. */
export async function factsOf(
  reader: Reader,
  actor: Actor,
  now: number,
  stored: StoredRoom | undefined,
  needs: Needs = {},
): Promise<Found> {
  if (needs.enters) {
    await mustBeActive(reader, actor);
    if (stored !== undefined && isElsewhere(actor, stored)) await mustNotBeAsked(reader, actor, stored);
  }
  const member = stored && (await findOwnMember(reader, actor, stored));
  return factsWith(reader, actor, now, { stored, member }, needs);
}

/** As `factsOf`, with the caller's own row at hand, and perhaps the end of the log. */
export async function factsWith(
  reader: Reader,
  actor: Actor,
  now: number,
  {
    stored,
    member,
    head,
  }: { stored: StoredRoom | undefined; member: MemberState | undefined; head?: Head | undefined },
  needs: Needs = {},
): Promise<Found> {
  const target = await findTarget(reader, actor, stored, needs);
  const targetMember = stored && target && (await findMember(reader, stored, target.participantNo));
  const heirWithout = needs.heirWithout === "target" ? target?.participantNo : actor.participantNo;
  const isAdminGoing = (needs.heirWithout === "target" ? targetMember : member)?.powerLevel === POWER.admin;
  const facts: Facts = {
    ...bareFacts(actor, now, stored, member),
    ...(needs.target === undefined && target === undefined
      ? {}
      : { target: { person: target && personOf(target), member: targetMember } }),
    ...(needs.heirWithout !== undefined && isAdminGoing && stored !== undefined
      ? { heir: (await listHeirs(reader, stored, heirWithout!, 1))[0]?.fqid }
      : {}),
    ...(needs.candidates && stored?.room.adminCount === 1 && targetMember?.powerLevel === POWER.admin
      ? { candidates: await candidateIds(reader, stored, target!.participantNo) }
      : {}),
    ...(needs.event !== undefined && stored !== undefined
      ? { event: await findEventFacts(reader, stored, { actor, member: asOf(member, now) }, needs.event) }
      : {}),
    ...(needs.openInvites && stored !== undefined ? { openInvites: await openInvites(reader, stored, actor) } : {}),
    ...(needs.openInvites && stored !== undefined && target?.participantType === "federated"
      ? { federation: await sharingFacts(reader, actor, stored, target.serverName) }
      : {}),
    ...(needs.formerServers && stored !== undefined && !stored.room.federated
      ? { formerServers: (await listFormerServers(reader, stored.tenantNo, [stored.roomNo])).get(stored.roomNo) ?? [] }
      : {}),
    ...(needs.openRooms && actor.tenant.limits.max_rooms !== null && !isElsewhere(actor, stored)
      ? { openRooms: await countOpenRooms(reader, actor.tenant.tenantNo, actor.tenant.serverName) }
      : {}),
  };
  return { facts, stored, target, head };
}

/** Facts without anything that a command names: enough for what the caller may see and do in general. */
export function bareFacts(
  actor: Actor,
  now: number,
  stored: StoredRoom | undefined,
  member: MemberState | undefined,
): Facts {
  return {
    now,
    serverName: actor.tenant.serverName,
    room: stored?.room,
    ...(isElsewhere(actor, stored) && { isReplica: true }),
    actor: { person: personOfActor(actor), member, isTenantAdmin: actor.isAdmin && actor.scopes.has("admin") },
    // Whose room it is, their limits decide (FD22).
    limits: isElsewhere(actor, stored) ? NO_LIMITS : actor.tenant.limits,
  };
}

function isElsewhere({ tenant }: Actor, stored: StoredRoom | undefined): boolean {
  return stored !== undefined && stored.hub !== tenant.serverName;
}

/** A request that was let in before its caller was deactivated answers as one that came after. `SW_AUTH_INVALID_TOKEN`. */
export async function mustBeActive(reader: Reader, actor: Actor): Promise<void> {
  const row = await findByNo(reader, actor.tenant.tenantNo, actor.participantNo);
  if (row === undefined || row.deactivatedAt !== null) throw new StairwellError("SW_AUTH_INVALID_TOKEN");
}

/** Who comes back takes back the leave that waits for the room's server, if it has not left: `StillLeaving`. */
async function mustNotBeAsked(reader: Reader, { participantNo }: Actor, at: StoredRoom): Promise<void> {
  const leaving = await findLeaving(reader, at, participantNo);
  if (leaving?.kind === "asked") throw new StillLeaving(at, participantNo, leaving.eventId!);
}

async function findTarget(
  reader: Reader,
  actor: Actor,
  stored: StoredRoom | undefined,
  { target }: Needs,
): Promise<Participant | undefined> {
  const { tenantNo } = actor.tenant;
  if (target !== undefined) {
    return "fqid" in target
      ? findByFqid(reader, tenantNo, target.fqid)
      : findById(reader, tenantNo, target.participantId);
  }
  // A DM's other side is a fact of every command in it: a message may bring them back.
  if (stored?.room.roomType !== "dm") return undefined;
  const otherNo = await findOtherMember(reader, stored, actor.participantNo);
  return otherNo === undefined ? undefined : findByNo(reader, tenantNo, otherNo);
}

/** Counted only when the room has as many invites as one person may hold: below that the limit cannot be reached. */
async function openInvites(reader: Reader, stored: StoredRoom, actor: Actor): Promise<number> {
  const most = actor.tenant.limits.open_invites;
  if (most === null || stored.room.invitedCount < most) return 0;
  return countInvitesBy(reader, stored, actor.fqid);
}

/** What policy says of a server whose people are to come into a room (FD11). Rooms have few of them: they are counted. */
async function sharingFacts(
  reader: Reader,
  { tenant }: Actor,
  stored: StoredRoom,
  serverName: string,
): Promise<NonNullable<Facts["federation"]>> {
  // Whose room it is, their policy decides.
  if (stored.hub !== tenant.serverName) {
    return { isAllowed: true, membersMayInvite: true, foreign: 0, maxForeign: Infinity };
  }
  const policy = await policyOf(reader, tenant.tenantNo);
  return {
    isAllowed: admits(policy, serverName, true),
    membersMayInvite: policy.members_may_invite,
    foreign: (await findForeigners(reader, stored, tenant.serverName)).length,
    maxForeign: policy.max_foreign_participants_per_room,
  };
}

async function candidateIds(reader: Reader, stored: StoredRoom, without: number): Promise<readonly string[]> {
  const candidates = await listCandidates(reader, stored, without, LIMITS.candidates);
  return candidates.map((candidate) => candidate.participant_id);
}

export function personOf(participant: Participant): Person {
  return {
    fqid: participant.fqid,
    participantType: participant.participantType,
    isDeactivated: participant.deactivatedAt !== null,
    autoJoin: participant.autoJoin,
  };
}

/** Whoever acts has signed in, so is not deactivated. */
export function personOfActor(actor: Actor): Person {
  return { fqid: actor.fqid, participantType: actor.participantType, isDeactivated: false, autoJoin: false };
}

/**
 * Appends what was decided, or throws the refusal. Nothing decided, nothing appended. Of a room of another hub it answers
 * what has come of it there, or throws `NotHub`.
 */
export async function carryOut(
  tx: Tx,
  log: Log,
  { facts, stored, head }: Found,
  decision: Decision,
  eventUuid: string | null = null,
): Promise<Appended> {
  if (stored !== undefined && stored.hub !== facts.serverName) {
    return sequencedElsewhere(tx, stored, () => ownDraft(granted(decision), facts), {
      eventUuid,
      request: requestOf(tx),
    });
  }
  const drafts = granted(decision);
  // A decision on a room that is not there is always a refusal.
  const { room } = stored!;
  if (drafts.length === 0) return { events: [], room };
  return log.append(tx, stored!, room, drafts, { eventUuid, known: head });
}

/** What the caller, or a bot they act for, says of all that was decided: the rest follows from it, at the hub. */
function ownDraft(drafts: readonly Draft[], { actor }: Facts): Draft | undefined {
  const { fqid } = actor.person;
  return drafts.find(({ sender, actedBy }) => sender === fqid || actedBy === fqid);
}

/** The drafts of a decision; a refusal is thrown with its rule and power (AP5). */
export function granted(decision: Decision): readonly Draft[] {
  if ("drafts" in decision) return decision.drafts;
  throw refusalError(decision.refusal);
}

/** Throws what a guard objects to. */
export function allowed(objection: { readonly refusal: Refusal } | undefined): void {
  if (objection !== undefined) throw refusalError(objection.refusal);
}

function refusalError({ code, ...info }: Refusal): StairwellError {
  // A 404 says only that nothing is there (AP2).
  return new StairwellError(code, code.endsWith("_NOT_FOUND") ? {} : info);
}
