import { admin as routes } from "@stairwell/protocol/api";
import type { Db } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import { statsOf } from "./stats.ts";

/** The tenant as a whole, for its admins. */
export function tenantRoutes({
  db,
  clock,
  countStreams,
}: {
  db: Db;
  clock: Pick<Clock, "now">;
  /** Streams of a tenant that are open on this node. */
  countStreams: (tenantNo: number) => number;
}): Endpoint[] {
  return [
    reply(routes.getTenantLimits, ({ actor }) => ({ data: actor.tenant.limits })),

    reply(routes.getTenantStats, async ({ actor }) => {
      const { tenantNo } = actor.tenant;
      const streams = countStreams(tenantNo);
      return { data: await db.snapshot((reader) => statsOf(reader, tenantNo, clock.now(), streams)) };
    }),
  ];
}
