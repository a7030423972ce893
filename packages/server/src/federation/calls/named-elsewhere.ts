import { type Fqid, invalid, parseFqid, StairwellError } from "@stairwell/protocol";
import type { Tenant } from "../../tenants/index.ts";

/**
 * Somebody of another server as a caller names them. Nobody checks the form of a name: what nobody can be called is nobody
 * (AP2), which says how people are called. `SW_PARTICIPANT_NOT_FOUND`; `SW_REQUEST_INVALID` with `instead` for one of ours.
 */
export function namedElsewhere({ serverName }: Pick<Tenant, "serverName">, named: string, instead: string): Fqid {
  const name = parseFqid(named);
  if (name === undefined) {
    throw new StairwellError("SW_PARTICIPANT_NOT_FOUND", {
      message:
        "Nobody can be called that: name somebody of another server as @local_id:server_name, as @bob:rooms.example.",
    });
  }
  if (name.serverName !== serverName) return named as Fqid;
  throw invalid("/fqid", `is of this server: ${instead}`);
}
