import { serverFqid, StairwellError } from "@stairwell/protocol";
import type { Item } from "@stairwell/protocol/federation";
import { decide } from "@stairwell/protocol/room";
import { findByFqid } from "../../participants/index.ts";
import { carryOut, factsOf } from "../../state/index.ts";
import { foreignActor } from "./foreign-actor.ts";
import { type Proposer, sharedRoom, type SubmitParts } from "./submit.ts";

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
    const decision = decide(found.facts, { kind: "deactivate" });
    if (!("drafts" in decision)) return;
    const drafts = decision.drafts.map((draft) =>
      draft.content["cause"] === "deactivated" && draft.content["participant"] === participant
        ? { ...draft, content: { ...draft.content, cause }, sender: serverFqid(tenant.serverName) }
        : draft,
    );
    await carryOut(tx, log, found, { drafts });
  });
}
