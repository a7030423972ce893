import { append, automatic, type Decision, type Draft, type Facts, NOTHING, refuse } from "../decision.ts";
import { CREATE, FEDERATION, MEMBER, STATE } from "../events/index.ts";
import { mayShare } from "../foreign.ts";
import { actorMember, availableTarget, notFrozen, type Objection, roomOf, targetMember } from "../guards.ts";
import { DM_CONTENT } from "./create.ts";

export interface OpenFederatedDm {
  readonly kind: "federatedDm";
}

/**
 * Opens the direct room of the caller and somebody of another server (FD24). The caller is in it; the other is invited,
 * since a server signs only what its own people ask for (FD4). `facts.room` is the pair's room that is not closed, if
 * there is one: then it is restored when archived, the caller is in it again, and who had left it of their own will comes
 * back as to any DM (DM4); who never was in it, or was deactivated since, is invited again.
 */
export function openFederatedDm(facts: Facts): Decision {
  if (facts.room === undefined) return availableTarget(facts) ?? mayShare(facts) ?? created(facts);
  const refusal = isSide(facts) ?? availableTarget(facts) ?? notOver(facts);
  if (refusal !== undefined) return refusal;
  const { fqid } = facts.actor.person;
  const isArchived = roomOf(facts).state === "archived";
  const drafts: Draft[] = [];
  if (isArchived) drafts.push({ type: STATE, content: { state: "open" }, sender: fqid });
  if (actorMember(facts)?.membership !== "join") drafts.push(joins(fqid));
  drafts.push(...otherSide(facts, isArchived ? 0 : undefined));
  return drafts.length === 0 ? NOTHING : append(...drafts);
}

function created(facts: Facts): Decision {
  const { fqid } = facts.actor.person;
  return append(
    { type: CREATE, content: DM_CONTENT, sender: fqid },
    joins(fqid),
    automatic(facts, FEDERATION, { enabled: true }),
    ...invitation(facts),
  );
}

/** Somebody who is no side of it must not learn that it is there. */
function isSide(facts: Facts): Objection {
  return facts.actor.member === undefined ? { refusal: { code: "SW_ROOM_NOT_FOUND" } } : undefined;
}

function notOver(facts: Facts): Objection {
  const { state, federated } = roomOf(facts);
  if (state === "closed" || !federated) {
    return notFrozen(facts) ?? refuse("SW_ROOM_TYPE_INVARIANT", "FD24", { message: "It is no federated room." });
  }
  return undefined;
}

function otherSide(facts: Facts, causedBy: number | undefined): Draft[] {
  const member = targetMember(facts);
  if (member?.membership === "join" || member?.membership === "invite") return [];
  if (!hasLeft(facts)) return invitation(facts);
  return [automatic(facts, MEMBER, { participant: member!.fqid, membership: "join" }, causedBy)];
}

/**
 * Whether the other side was in the DM and left it of their own will: they come back with it (DM4). So does one of this
 * server who was deactivated and is no more; of other servers nobody here knows whether they are.
 */
export function hasLeft(facts: Facts): boolean {
  const member = targetMember(facts);
  if (member?.membership !== "leave") return false;
  // Into one of a single server both came at its beginning.
  if (!roomOf(facts).federated) return true;
  if (member.joinedPosition === null) return false;
  const isBackHere = member.cause === "deactivated" && facts.target?.person?.participantType !== "federated";
  return member.cause === "left" || isBackHere;
}

function joins(fqid: Draft["sender"]): Draft {
  return { type: MEMBER, content: { participant: fqid, membership: "join" }, sender: fqid };
}

function invitation({ actor, target }: Facts): Draft[] {
  const by = actor.person.fqid;
  const { fqid, autoJoin } = target!.person!;
  const content = { participant: fqid, membership: "invite", invited_by: by };
  // MB5: the second event is the bot's own.
  return [{ type: MEMBER, content, sender: by }, ...(autoJoin ? [joins(fqid)] : [])];
}
