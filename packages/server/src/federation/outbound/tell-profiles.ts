import { setImmediate } from "node:timers/promises";
import type { Db } from "../../db/index.ts";
import { deleteChangedProfile, findByNo, listChangedProfiles } from "../../participants/index.ts";
import { findTenant, type Tenant } from "../../tenants/index.ts";
import { mustAdmit } from "../must-admit.ts";
import { insertProfile } from "../rows/outgoing.store.ts";
import { listServersIn, listSharedRooms } from "./shared-with.store.ts";

const SLICE = 100;

/**
 * Has every server that shares a room with one of ours told what they are called now: from its row on until it has heard it.
 * `wake`: something is due in a tenant. A repeat, after a crash too, does what is left.
 */
export async function tellProfiles(db: Db, wake: (tenantNo: number) => void, signal: AbortSignal): Promise<void> {
  for (const { tenantNo, participantNo } of await listChangedProfiles(db, SLICE)) {
    if (signal.aborted) return;
    const tenant = await findTenant(db, tenantNo);
    const who = await findByNo(db, tenantNo, participantNo);
    // Who was deactivated is in no room any more: others keep the name that they have.
    const isToBeTold = tenant !== undefined && who !== undefined && who.deactivatedAt === null;
    const servers = isToBeTold ? await serversWith(db, tenant, participantNo) : new Set<string>();
    await db.write({ tenantNo }, async (tx) => {
      if (!(await deleteChangedProfile(tx, tenantNo, participantNo))) return;
      for (const serverName of servers) await insertProfile(tx, tenantNo, serverName, who!.fqid);
    });
    if (servers.size > 0) wake(tenantNo);
  }
}

/** The servers that share a room with somebody and that policy lets us speak with. */
async function serversWith(
  db: Db,
  { tenantNo, serverName: ours }: Tenant,
  participantNo: number,
): Promise<Set<string>> {
  const servers = new Set<string>();
  for (const { roomNo, hub } of await listSharedRooms(db, tenantNo, participantNo)) {
    if (hub !== ours) servers.add(hub);
    for (const serverName of await listServersIn(db, tenantNo, roomNo)) servers.add(serverName);
    await setImmediate();
  }
  for (const serverName of servers) {
    await mustAdmit(db, tenantNo, serverName).catch(() => servers.delete(serverName));
  }
  return servers;
}
