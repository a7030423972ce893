import { type Json, type JsonObject, parseFqid, StairwellError } from "@stairwell/protocol";
import type { Db } from "../../db/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { inLanes } from "../../lib/in-lanes.ts";
import { findTenant, type Tenant } from "../../tenants/index.ts";
import { shownName, takeAnswer } from "../people/foreign-names.ts";
import { listSought, listSoughtServers, putOff } from "../people/foreign-profiles.store.ts";

export interface SeekParts {
  readonly clock: Pick<Clock, "now">;
  readonly get: (tenant: Tenant, serverName: string, target: string) => Promise<Json>;
}

/**
 * Servers that are asked at one time, and people of each in one run. Runs are three seconds apart: so many servers leave most
 * of those that may be met in that time to whom our own people look for, whoever names a multitude here.
 */
const LANES = 4;
const MOST_SERVERS = 6;
const MOST_PEOPLE = 20;
/** How long a server is left alone that could not be asked. */
const PAUSE_MS = 10 * 60_000;

/** Asks other servers what those of their people are called who were seen here and of whom that is not known. */
export async function seekProfiles(db: Db, { clock, get }: SeekParts, signal: AbortSignal): Promise<void> {
  const servers = await listSoughtServers(db, clock.now(), MOST_SERVERS);
  await inLanes(servers, LANES, async ({ tenantNo, serverName }) => {
    const tenant = await findTenant(db, tenantNo);
    if (tenant === undefined) return;
    for (const { fqid, heard: before } of await listSought(db, tenantNo, serverName, clock.now(), MOST_PEOPLE)) {
      if (signal.aborted) return;
      let displayName: string | undefined;
      try {
        const profile = await get(tenant, serverName, `/profile/${encodeURIComponent(parseFqid(fqid)!.localId)}`);
        const { fqid: whose, display_name } = (profile ?? {}) as Partial<JsonObject>;
        displayName = whose === fqid ? shownName(display_name) : undefined;
      } catch (error) {
        if (!(error instanceof StairwellError)) throw error;
        if (error.code !== "SW_PARTICIPANT_NOT_FOUND") {
          return void (await db.write({ tenantNo }, (tx) => putOff(tx, tenantNo, serverName, clock.now() + PAUSE_MS)));
        }
      }
      await db.write({ tenantNo }, (tx) => takeAnswer(tx, tenantNo, fqid, { displayName, before }));
    }
  });
}
