import { decide, notDm } from "@stairwell/protocol/room";
import { record } from "../../audit/index.ts";
import type { Actor } from "../../auth/index.ts";
import type { Db, Tx } from "../../db/index.ts";
import type { Log } from "../../events/index.ts";
import { allowed, carryOut, findForeigners, findFacts, heirAmongOurs, type StoredRoom } from "../../state/index.ts";
import { endHere } from "../replica/end-here.ts";
import { findReplicaState } from "../rows/replicas.store.ts";
import type { LeavingParts } from "../replica/leaving.ts";
import { resignFor } from "../replica/resign-for.ts";

export interface FederateParts extends Pick<LeavingParts, "tellLeaving"> {
  readonly db: Db;
  readonly log: Log;
}

/**
 * Opens a room of ours to other servers, or ends that (FD10), on behalf of an administrator. Of a room of another server it
 * can only be ended: all our people leave it. The end is for good: `SW_ROOM_TYPE_INVARIANT` for a room that other servers had.
 * Errors as `decide` refuses; what holds already changes nothing.
 */
export function federateRoom(parts: FederateParts, actor: Actor, roomId: string, enabled: boolean): Promise<void> {
  const { db, log } = parts;
  const { tenant } = actor;
  return db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const found = await findFacts(tx, actor, tx.now, roomId, { formerServers: enabled });
    const { stored } = found;
    if (stored !== undefined && stored.hub !== tenant.serverName && !enabled) {
      allowed(notDm(found.facts));
      return leaveAll(tx, parts, actor, stored);
    }
    const facts =
      stored === undefined || enabled
        ? found.facts
        : {
            ...found.facts,
            foreigners: await findForeigners(tx, stored, tenant.serverName),
            heir: await heirAmongOurs(tx, stored, tenant.serverName),
          };
    const decision = decide(facts, { kind: "federate", enabled });
    const { events } = await carryOut(tx, log, { ...found, facts }, decision);
    if (events.length === 0) return;
    await record(tx, {
      tenantNo: tenant.tenantNo,
      action: enabled ? "room.federate" : "room.defederate",
      actor: actor.fqid,
      roomId: stored!.roomId,
      eventId: events[0]!.eventId,
    });
  });
}

/** The hub takes them out of its log, and with the last of them we are due no more of it. */
async function leaveAll(tx: Tx, parts: FederateParts, { tenant, fqid }: Actor, stored: StoredRoom): Promise<void> {
  const ours = (await findForeigners(tx, stored, stored.hub)).filter((member) =>
    member.fqid.endsWith(`:${tenant.serverName}`),
  );
  const isFrozen = (await findReplicaState(tx, stored)) === "conflict";
  for (const { fqid: participant } of ours) await resignFor(tx, parts, stored, participant, "defederated");
  // Of a room whose server has said two things nothing more is to come: it is over here, and stays to be read (FD17).
  if (isFrozen) await endHere(tx, stored);
  if (ours.length === 0 && !isFrozen) return;
  await record(tx, { tenantNo: tenant.tenantNo, action: "room.defederate", actor: fqid, roomId: stored.roomId });
}
