import { append, automatic, type Decision, type Draft, type Facts, NOTHING, refuse } from "../decision.ts";
import { MEMBER, STATE } from "../events/index.ts";
import { availableTarget, type Objection, roomOf } from "../guards.ts";
import { createDm } from "./create.ts";

export interface OpenDm {
  readonly kind: "dm";
}

/**
 * Opens the direct room of the caller and the target. `facts.room` is the pair's room that is not closed, if
 * there is one: it is restored when archived, and whoever left is back (DM4, DM5).
 */
export function openDm(facts: Facts): Decision {
  const refusal = notSelf(facts) ?? availableTarget(facts) ?? ofThisServer(facts);
  if (refusal !== undefined) return refusal;
  if (facts.room === undefined) return createDm(facts);

  const sender = facts.actor.person.fqid;
  const other = facts.target!.person!.fqid;
  const isArchived = roomOf(facts).state === "archived";
  const drafts: Draft[] = [];
  if (isArchived) drafts.push({ type: STATE, content: { state: "open" }, sender });
  if (facts.actor.member?.membership !== "join") {
    drafts.push({ type: MEMBER, content: { participant: sender, membership: "join" }, sender });
  }
  // The other side comes back by itself: it is no act of the caller's.
  if (facts.target!.member?.membership !== "join") {
    drafts.push(automatic(facts, MEMBER, { participant: other, membership: "join" }, isArchived ? 0 : undefined));
  }
  return drafts.length === 0 ? NOTHING : append(...drafts);
}

/** FD4: nobody of another server is in a room unasked. */
function ofThisServer(facts: Facts): Objection {
  if (facts.target?.person?.participantType !== "federated") return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "FD24", {
    message: "They are of another server: open a room with them by POST /v1/me/federated-dms.",
  });
}

function notSelf(facts: Facts): Objection {
  if (facts.target?.person?.fqid !== facts.actor.person.fqid) return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "DM2", { message: "A direct room needs somebody else." });
}
