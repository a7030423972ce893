import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { FreePlace, Places } from "../nodes/index.ts";

/** Exports at one time: each has a file of the staging open and keeps a core busy for as long as its reader is fast. */
const MOST = { participant: 2, tenant: 8 } as const;
/** Seconds after which a place may be free. */
const RETRY_S = 10;

/** A place for one more export (BU6). `SW_RATE_LIMIT_EXCEEDED` when the caller, or their tenant, has as many as they may. */
export async function takeExportPlace(places: Places, { tenant, participantNo }: Actor): Promise<FreePlace> {
  const taken = await places.take({ tenantNo: tenant.tenantNo, kind: "export" }, participantNo, MOST);
  if (typeof taken === "function") return taken;
  const whose = taken === "participant" ? "you have" : "your organisation has";
  throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
    message: `At the most ${MOST[taken]} exports run at one time, and ${whose} as many; try again when one is done.`,
    rule: "BU6",
    retryAfterSeconds: RETRY_S,
  });
}
