import { type Fqid, type Json, type JsonObject, parseFqid, StairwellError } from "@stairwell/protocol";
import { decide, mayInviteElsewhere, objection } from "@stairwell/protocol/room";
import { record } from "../../audit/index.ts";
import type { Actor } from "../../auth/index.ts";
import type { Db } from "../../db/index.ts";
import type { Log } from "../../events/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { admits, policyOf } from "../../peers/index.ts";
import { type Answer, perform, type Receipt, type RequestName } from "../../receipts/index.ts";
import { allowed, carryOut, findFacts } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { shownName, takeAnswer } from "../people/foreign-names.ts";
import { knownOrMade } from "../people/foreign-people.ts";
import { countHeard } from "../people/foreign-profiles.store.ts";
import { findByRequest } from "../rows/repeats.store.ts";
import { namedElsewhere } from "./named-elsewhere.ts";

export interface InviteParts {
  readonly db: Db;
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  /** Asks another server for something. Throws as `askPeer`. */
  readonly get: (tenant: Tenant, serverName: string, target: string) => Promise<Json>;
}

/**
 * Invites somebody of another server on behalf of an administrator (FD11): their server is asked whether there is such a
 * person, then the invite is appended, with our server as sender, and goes to theirs. `SW_FED_POLICY`,
 * `SW_FED_PEER_UNREACHABLE`, `SW_PARTICIPANT_NOT_FOUND`; else as `decide` refuses.
 */
export async function inviteFromElsewhere(
  parts: InviteParts,
  actor: Actor,
  receipt: Receipt | undefined,
  roomId: string,
  { fqid, reason }: { fqid: string; reason?: string | undefined },
): Promise<Answer<{ room_id: string; participant_no: number }>> {
  const { db, log } = parts;
  const { tenant } = actor;
  const { facts } = await findFacts(db, actor, parts.clock.now(), roomId);
  allowed(objection(facts, "fedInvite"));
  await meet(parts, tenant, namedElsewhere(tenant, fqid, "invite them as a member does"));
  return perform(db, tenant, receipt, async (tx) => {
    const found = await findFacts(tx, actor, tx.now, roomId, { target: { fqid }, openInvites: true });
    const command = { kind: "fedInvite", ...(reason !== undefined && { reason }) } as const;
    const { events } = await carryOut(tx, log, found, decide(found.facts, command));
    const [invited] = events;
    if (invited !== undefined) {
      await record(tx, {
        tenantNo: tenant.tenantNo,
        action: "federation.invite",
        actor: actor.fqid,
        target: found.target!.fqid,
        roomId: found.stored!.roomId,
        eventId: invited.eventId,
      });
    }
    return { status: 200 as const, ref: { room_id: roomId, participant_no: found.target!.participantNo } };
  });
}

/**
 * Looks for somebody of another server whom a member invites: only where members may, and asks only that person's server
 * (FD11). Of a room of another server its hub decides whether they may; a repeat of what it was asked before looks for
 * nobody. Errors as `decide` refuses an invite; as `meet`.
 */
export async function meetForInvite(
  parts: Omit<InviteParts, "log">,
  actor: Actor,
  roomId: string,
  fqid: Fqid,
  request: RequestName | undefined,
): Promise<void> {
  // They were met then, and what became of it is the answer (AP6).
  if (request !== undefined && (await findByRequest(parts.db, actor.tenant.tenantNo, request.key)) !== undefined)
    return;
  const { facts } = await findFacts(parts.db, actor, parts.clock.now(), roomId);
  allowed(objection(facts, "invite"));
  const { members_may_invite } = await policyOf(parts.db, actor.tenant.tenantNo);
  const membersMayInvite = members_may_invite || facts.isReplica === true;
  const federation = { isAllowed: true, membersMayInvite, foreign: 0, maxForeign: Infinity };
  allowed(mayInviteElsewhere({ ...facts, federation }));
  await meet(parts, actor.tenant, fqid);
}

/** Learns of somebody of another server from that server, and makes them a participant here. */
export async function meet({ db, get }: Pick<InviteParts, "db" | "get">, tenant: Tenant, fqid: Fqid): Promise<void> {
  const { serverName, localId } = parseFqid(fqid)!;
  if (!admits(await policyOf(db, tenant.tenantNo), serverName, true)) {
    throw new StairwellError("SW_FED_POLICY", {
      rule: "FD11",
      message: `Policy does not let this server share rooms with ${serverName}.`,
    });
  }
  const target = `/profile/${encodeURIComponent(localId)}`;
  const before = await countHeard(db, tenant.tenantNo, fqid);
  const profile = (await asked(get(tenant, serverName, target))) as Partial<JsonObject> | null;
  if (profile?.["fqid"] !== fqid) throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  const displayName = shownName(profile["display_name"]) ?? localId;
  await db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    await knownOrMade(tx, tenant, fqid);
    await takeAnswer(tx, tenant.tenantNo, fqid, { displayName, before });
  });
}

/** Of what was but asked for nothing can have come. */
async function asked<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof StairwellError) || error.code !== "SW_FED_OUTCOME_UNKNOWN") throw error;
    throw new StairwellError("SW_FED_PEER_UNREACHABLE", { message: error.message, cause: error });
  }
}
