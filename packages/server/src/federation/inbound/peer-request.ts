import type { Tenant } from "../../tenants/index.ts";
import type { ReadRequest } from "./read-request.ts";

/** Who asks whom, proven by the signature; what is left to prove is the body, and that it comes for the first time. */
export interface PeerRequest {
  /** Who is asked. */
  readonly tenant: Tenant;
  /** Who asks. */
  readonly serverName: string;
  readonly keyId: string;
  readonly nonce: string;
  readonly digest: ReadRequest["digest"];
}
