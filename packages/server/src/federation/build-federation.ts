import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { Outbound, type Resolve } from "../lib/outbound.ts";
import { findTenantBySlug } from "../tenants/index.ts";
import { PeerKeys } from "./discovery/peer-keys.ts";
import type { Hosts } from "./discovery/place.ts";
import { startNonceSweep } from "./inbound/nonces.ts";
import { askPeer, type PeerAnswer } from "./outbound/ask-peer.ts";
import type { UnsignedRequest } from "./outbound/sign-request.ts";

export interface FederationOptions {
  readonly hosts: Hosts;
  /** How names are looked up, and whom to believe about certificates; the system's ways unless given. */
  readonly resolve?: Resolve;
  readonly ca?: string;
}

/** What the server has of federation beside its routes. */
export interface Federation {
  readonly peerKeys: PeerKeys;
  /** Asks another server in a tenant's name. `SW_TENANT_NOT_FOUND`; else as `askPeer`. */
  ask(slug: string, serverName: string, request: UnsignedRequest): Promise<PeerAnswer>;
  /** Ends every call that other servers have not answered yet, so that nobody here waits for them. */
  hangUp(): void;
  /** Ends what runs by itself, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Builds what speaks with other servers. Nothing is asked of anybody before somebody wants something. */
export function buildFederation(
  parts: { db: Db; clock: Clock; log: Log },
  { hosts, resolve, ca }: FederationOptions,
): Federation {
  const { db, clock, log } = parts;
  const outbound = new Outbound({ resolve, ca });
  const peerKeys = new PeerKeys({ ...parts, outbound, hosts });
  const sweep = startNonceSweep(
    db,
    () => clock.now(),
    (error) => log.error({ err: error }, "forgetting old requests of other servers failed"),
  );
  return {
    peerKeys,
    async ask(slug, serverName, request) {
      const tenant = await findTenantBySlug(db, slug);
      if (tenant === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
      return askPeer({ ...parts, outbound, hosts, peerKeys }, tenant, serverName, request);
    },
    hangUp: () => outbound.close(),
    async stop() {
      outbound.close();
      await sweep.stop();
      await peerKeys.idle();
    },
  };
}
