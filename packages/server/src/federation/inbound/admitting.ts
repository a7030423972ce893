import { type Db, withWrite } from "../../db/index.ts";
import { mustAdmit } from "../must-admit.ts";
import type { PeerRequest } from "./peer-request.ts";

/**
 * The store, for what another server makes us write: policy is asked once more inside every write, since it may have
 * changed after the request came. What is refused then is refused item by item: `SW_FED_POLICY`.
 */
export function admitting(db: Db, { tenant, serverName }: Pick<PeerRequest, "tenant" | "serverName">): Db {
  return withWrite(db, (scope, work) =>
    db.write(scope, async (tx) => {
      await mustAdmit(tx, tenant.tenantNo, serverName);
      return work(tx);
    }),
  );
}
