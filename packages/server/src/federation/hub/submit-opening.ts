import { parseFqid, StairwellError } from "@stairwell/protocol";
import {
  checkOpening,
  dmHubOf,
  type ItemResult,
  type Joined,
  type Opening,
  type ProposedEvent,
  wireStateText,
} from "@stairwell/protocol/federation";
import { decide, type Draft, FEDERATION, MEMBER } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import { findEvent, findEventAt, type Log, type RoomRef } from "../../events/index.ts";
import { findByFqid, type Participant } from "../../participants/index.ts";
import { findDm, findMember, findRoom, granted, nextRoomNo, personOf, type StoredRoom } from "../../state/index.ts";
import { countWaitingDms, saveHandover } from "../rows/deliveries.store.ts";
import { factsOfNewDm } from "./dm-facts.ts";
import { knownOrMade } from "../people/foreign-people.ts";
import { signHead } from "../wire/heads.ts";
import { isWireId } from "../wire/wire-values.ts";
import { foreignActor } from "./foreign-actor.ts";
import { handedOver, keyOfTenant } from "./hand-over.ts";
import { inviteItem } from "./invite-item.ts";
import { checkProposal } from "./proposal.ts";
import { stateAt } from "./state-of.ts";
import { answeredAgain, asProposed, isSame, sequenced, sightOf, type SubmitParts } from "./submit.ts";
import type { Proposer } from "./proposer.ts";
import { takingOnce } from "./rates.ts";

/**
 * Makes the direct room that somebody of another server opens with one of ours (FD24): all of it that they said is signed by
 * their server, and is in the log as they signed it. Where the pair has one already, that is answered, whoever opened it and
 * however it came that their server does not know. The same proposal again is answered as the first time. Throws what it is
 * refused with.
 */
export async function submitOpening(
  parts: SubmitParts,
  proposer: Proposer,
  event: ProposedEvent,
  opening: Opening,
): Promise<ItemResult> {
  const { tenant, serverName } = proposer;
  const { db, log } = parts;
  const rates = takingOnce(parts.rates);
  for (const each of [opening.create, event, opening.invite]) await checkProposal(proposer.keyOf, serverName, each);
  const { opener, other } = checkOpening(event, opening);
  // A server that ours comes after orders the room itself: it has nothing to ask of us.
  if (dmHubOf(tenant.serverName, serverName) !== tenant.serverName) {
    throw new StairwellError("SW_FED_POLICY", {
      message: "The direct room of two servers is ordered by the one whose name sorts first.",
      rule: "FD24",
    });
  }
  if (!isWireId(event.room_id) || parseFqid(other)?.serverName !== tenant.serverName) throw nobody();
  return db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const named = await findRoom(tx, tenant.tenantNo, event.room_id);
    const before = named?.hub === tenant.serverName ? await findEvent(tx, named, event.id) : undefined;
    if (before !== undefined && isSame(before, event)) return answeredAgain(tx, proposer, named!, before);
    // The room that bears this id already is another, whoever's it is (FD23).
    if (named !== undefined) throw new StairwellError("SW_IDEMPOTENCY_CONFLICT", { rule: "FD23" });
    const person = await findByFqid(tx, tenant.tenantNo, other);
    if (person === undefined || person.deactivatedAt !== null) throw nobody();
    const met = await findByFqid(tx, tenant.tenantNo, opener);
    const stored = met && (await findDm(tx, tenant.tenantNo, met.participantNo, person.participantNo));
    if (stored !== undefined) return known(tx, proposer, stored, met!);
    if (met !== undefined) rates.take(foreignActor(tenant, met));
    await mustBeFew(tx, proposer);
    return begun(tx, log, proposer, [(await knownOrMade(tx, tenant, opener))!, person], event, opening);
  });
}

function nobody(): StairwellError {
  return new StairwellError("SW_PARTICIPANT_NOT_FOUND");
}

/** Direct rooms that people of one server have opened with ours, and that none of ours has come into yet. */
export const MOST_WAITING = 1000;

/** A server that opens ever more of them, for people of its own making, fills no store. */
async function mustBeFew(tx: Tx, { tenant, serverName }: Proposer): Promise<void> {
  if ((await countWaitingDms(tx, tenant.tenantNo, serverName, MOST_WAITING)) < MOST_WAITING) return;
  throw new StairwellError("SW_ROOM_CAPACITY", {
    message: "Too many direct rooms of your server wait for somebody.",
    rule: "FD24",
  });
}

async function begun(
  tx: Tx,
  log: Log,
  proposer: Proposer,
  [who, person]: readonly [Participant, Participant],
  event: ProposedEvent,
  opening: Opening,
): Promise<ItemResult> {
  const { tenant, serverName } = proposer;
  const facts = await factsOfNewDm(tx, foreignActor(tenant, who), tx.now, serverName, personOf(person));
  const drafts = granted(decide(facts, { kind: "federatedDm" }));
  const [low, high] = [who.participantNo, person.participantNo].sort((a, b) => a - b) as [number, number];
  const ref: RoomRef = {
    tenantNo: tenant.tenantNo,
    roomNo: await nextRoomNo(tx, tenant.tenantNo),
    roomId: event.room_id,
    birth: { alias: null, hub: tenant.serverName, pair: [low, high] },
  };
  const said = [opening.create, event, opening.invite];
  const own = drafts.filter(({ sender }) => sender === who.fqid);
  if (!wasSaid(own, said)) throw new Error("a direct room begins otherwise than it was proposed");
  const proposed = own.map((draft, i) => asProposed(draft, said[i]!));
  const { events } = await log.append(tx, ref, undefined, drafts, { proposed });
  const stored = (await findRoom(tx, ref.tenantNo, ref.roomId))!;
  const join = events.find(({ eventId }) => eventId === event.id)!;
  const text = wireStateText(await stateAt(tx, stored, join.position - 1));
  await saveHandover(tx, stored, serverName, text);
  return answeredAgain(tx, proposer, stored, join);
}

/** The three that a person says, in their order; what they say was held against the same contents before. */
function wasSaid(own: readonly Draft[], said: readonly ProposedEvent[]): boolean {
  return own.length === said.length && own.every(({ type }, i) => type === said[i]!.event_type && type !== FEDERATION);
}

/** The pair's room, for a server that asks for another: the invite that waits there, or what its person joined with. */
async function known(tx: Tx, proposer: Proposer, stored: StoredRoom, who: Participant): Promise<ItemResult> {
  const { tenant } = proposer;
  const member = await findMember(tx, stored, who.participantNo);
  if (member?.joinedPosition == null) {
    const invite = await findEventAt(tx, stored, member?.position ?? 0);
    if (member?.membership !== "invite" || invite?.eventType !== MEMBER) {
      throw new StairwellError("SW_MEMBER_STATE", { rule: "FD24", message: "They declined this direct room." });
    }
    return { status: "known", invite: await inviteItem(tx, stored, invite.position, await keyOfTenant(tx, tenant)) };
  }
  return { status: "known", joined: await joinedAt(tx, proposer, stored, member.joinedPosition) };
}

async function joinedAt(tx: Tx, proposer: Proposer, stored: StoredRoom, position: number): Promise<Joined> {
  const { tenant } = proposer;
  const sight = await sightOf(tx, proposer, stored);
  const join = (await findEventAt(tx, stored, position))!;
  const { event } = await sequenced(tx, tenant, stored, join, sight);
  const text = wireStateText(await stateAt(tx, stored, position - 1));
  const handed = await handedOver(tx, tenant, stored, { text, join: Infinity, sight });
  const { envelope, hash } = handed.since.at(-1)!;
  return {
    event,
    head: signHead(await keyOfTenant(tx, tenant), stored.roomId, { position: envelope.position, hash }),
    join: handed,
  };
}
