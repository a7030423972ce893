import type { Tenant } from "../../tenants/index.ts";
import type { KeyOf } from "../wire/heads.ts";

/** Who proposes: the server that signed the request, and whose keys verify what its people say. */
export interface Proposer {
  readonly tenant: Tenant;
  readonly serverName: string;
  readonly keyOf: KeyOf;
}
