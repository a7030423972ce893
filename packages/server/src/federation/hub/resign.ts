import { type Fqid, serverFqid, StairwellError } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import { decide, type RoomState } from "@stairwell/protocol/room";
import type { Tx } from "../../db/index.ts";
import type { Log } from "../../events/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { carryOut, factsOf, type Found, listInvitesBy } from "../../state/index.ts";
import { foreignActor } from "./foreign-actor.ts";
import type { Proposer } from "./proposer.ts";
import { sharedRoom, type SubmitParts } from "./submit.ts";

/** More invites than one person may hold. */
const INVITES = 1000;

/**
 * Takes somebody of another server out of a room, at the word of that server (spec/federation.md): they were deactivated, or
 * their server shares the room no more. Never refused, in whatever state the room is; again it changes nothing.
 */
export async function resign(
  { db, log }: SubmitParts,
  proposer: Proposer,
  { room_id, participant, cause }: Extract<Item, { type: "resign" }>,
): Promise<void> {
  const { tenant } = proposer;
  await db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const stored = await sharedRoom(tx, proposer, room_id);
    const who = await findByFqid(tx, tenant.tenantNo, participant);
    if (who === undefined) throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
    const found = await factsOf(tx, foreignActor(tenant, who), tx.now, stored, { heirWithout: "actor" });
    // As at home (AU9): what a deactivated person offered is taken back before they go.
    const invitees = cause === "deactivated" ? await listInvitesBy(tx, stored, participant, INVITES) : [];
    const room = invitees.length === 0 ? stored.room : await withdrawn(tx, log, found, invitees);
    const facts = { ...found.facts, room };
    const decision = decide(facts, { kind: "deactivate" });
    if (!("drafts" in decision)) return;
    const drafts = decision.drafts.map((draft) =>
      draft.content["cause"] === "deactivated" && draft.content["participant"] === participant
        ? { ...draft, content: { ...draft.content, cause }, sender: serverFqid(tenant.serverName) }
        : draft,
    );
    await carryOut(tx, log, { ...found, facts, stored: { ...stored, room }, head: undefined }, { drafts });
  });
}

async function withdrawn(tx: Tx, log: Log, found: Found, invitees: readonly Fqid[]): Promise<RoomState> {
  return (await carryOut(tx, log, found, decide(found.facts, { kind: "withdraw", invitees }))).room;
}
