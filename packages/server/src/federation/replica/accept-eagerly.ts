import type { RoomId } from "@stairwell/protocol";
import { decide } from "@stairwell/protocol/room";
import type { Db } from "../../db/index.ts";
import type { Log } from "../../events/index.ts";
import type { Participant } from "../../participants/index.ts";
import { carryOut, findFacts } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { foreignActor } from "../hub/foreign-actor.ts";

/** Joins somebody of ours who accepts every invite to a room of another server (MB5). Throws as a join is refused. */
export async function acceptEagerly(
  { db, log }: { readonly db: Db; readonly log: Log },
  tenant: Tenant,
  who: Participant,
  roomId: RoomId,
): Promise<void> {
  const actor = foreignActor(tenant, who);
  await db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
    const found = await findFacts(tx, actor, tx.now, roomId, { enters: true });
    await carryOut(tx, log, found, decide(found.facts, { kind: "join" }));
  });
}
