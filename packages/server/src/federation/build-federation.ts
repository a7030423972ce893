import { type ErrorCode, type Json, StairwellError } from "@stairwell/protocol";
import type { Staged, Staging } from "../blobs/index.ts";
import type { Bus } from "../bus/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { faultFacts } from "../lib/fault-facts.ts";
import type { Log } from "../lib/log.ts";
import { Outbound, type Resolve, type WayOut } from "../lib/outbound.ts";
import { systemTimers, type Timers } from "../lib/timers.ts";
import type { Wanted } from "../media/index.ts";
import type { Node } from "../nodes/index.ts";
import { findTenantBySlug, type Tenant } from "../tenants/index.ts";
import { PeerKeys } from "./discovery/peer-keys.ts";
import type { Hosts } from "./discovery/place.ts";
import { startNonceSweep } from "./inbound/nonces.ts";
import { askForMedium } from "./outbound/ask-for-medium.ts";
import { askPeer, type PeerAnswer } from "./outbound/ask-peer.ts";
import { PeerRefused } from "./outbound/peer-refused.ts";
import type { UnsignedRequest } from "./outbound/sign-request.ts";
import { Sharing, type SharingParts } from "./sharing.ts";

export interface FederationOptions {
  readonly hosts: Hosts;
  /** How names are looked up, and whom to believe about certificates; the system's ways unless given. */
  readonly resolve?: Resolve;
  readonly ca?: string;
  /** How others are asked, and what waits for its time, where not as usual; for tests. */
  readonly outbound?: WayOut;
  readonly timers?: Timers;
}

/** What the server has of federation beside its routes. */
export interface Federation {
  readonly peerKeys: PeerKeys;
  /** Asks another server in a tenant's name. `SW_TENANT_NOT_FOUND`; else as `askPeer`. */
  ask(slug: string, serverName: string, request: UnsignedRequest): Promise<PeerAnswer>;
  /** Receives a medium from the server of who sent it; as `askForMedium`. */
  bringMedium(staging: Staging, tenant: Tenant, wanted: Wanted): Promise<Staged>;
  /** What waits for its time. */
  readonly timers: Timers;
  /** Builds what shares rooms with other servers; it is stopped with the rest. */
  share(parts: ShareParts): Sharing;
  /** Ends every call that other servers have not answered yet, so that nobody here waits for them. */
  hangUp(): void;
  /** Ends what runs by itself, and waits for what is under way. */
  stop(): Promise<void>;
}

/** What sharing rooms takes of the rest of the server. */
export type ShareParts = Pick<SharingParts, "log" | "showTyping" | "tellRefused" | "tellLeaving" | "onCut" | "rates">;

/** Builds what speaks with other servers. Nothing is asked of anybody before somebody wants something. */
export function buildFederation(
  parts: { db: Db; clock: Clock; log: Log; bus: Bus; node: Pick<Node, "jobs" | "turns"> },
  { hosts, resolve, ca, outbound = new Outbound({ resolve, ca }), timers = systemTimers }: FederationOptions,
): Federation {
  const { db, clock, log, bus, node } = parts;
  const peerKeys = new PeerKeys({ ...parts, outbound, hosts });
  const sweep = startNonceSweep(
    node.jobs,
    () => clock.now(),
    (error) => log.error({ err: error }, "forgetting old requests of other servers failed"),
    timers,
  );
  const ask = (tenant: Tenant, serverName: string, request: UnsignedRequest): Promise<PeerAnswer> =>
    askPeer({ ...parts, outbound, hosts, peerKeys }, tenant, serverName, request);
  const sharings: Sharing[] = [];
  return {
    peerKeys,
    timers,
    bringMedium: (staging, tenant, wanted) =>
      askForMedium({ ...parts, outbound, hosts, peerKeys, staging }, tenant, wanted),
    share({ log: events, ...told }) {
      const sharing = new Sharing({
        db,
        clock,
        timers,
        bus,
        jobs: node.jobs,
        turns: node.turns,
        ...told,
        log: events,
        keyFor: peerKeys.keyFor.bind(peerKeys),
        keyAt: (tenantNo, toldBy) => (serverName, keyId, hubTs) =>
          peerKeys.keyAt(tenantNo, toldBy, { serverName, keyId, hubTs }),
        get: async (tenant, serverName, target) =>
          taken(serverName, await ask(tenant, serverName, { method: "GET", target })),
        post: async (tenant, serverName, items) => {
          const body = Buffer.from(`{"items":[${items.join(",")}]}`);
          return taken(serverName, await ask(tenant, serverName, { method: "POST", target: "/send", body }));
        },
        onFault: (error, peer) =>
          log.warn(
            { ...(peer !== undefined && { peer }), ...faultFacts(error) },
            "another server could not be told what it is due",
          ),
      });
      sharings.push(sharing);
      return sharing;
    },
    async ask(slug, serverName, request) {
      const tenant = await findTenantBySlug(db, slug);
      if (tenant === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
      return ask(tenant, serverName, request);
    },
    hangUp: () => outbound.close(),
    async stop() {
      outbound.close();
      await Promise.all(sharings.map((sharing) => sharing.stop()));
      await sweep.stop();
      await peerKeys.idle();
    },
  };
}

/** What another server may say of a whole call; the rest of what it says is no word of ours, and no message of its is. */
const TELLING: ReadonlySet<string> = new Set(["SW_PARTICIPANT_NOT_FOUND", "SW_ROOM_NOT_FOUND"]);

/** What another server answered, or its refusal as an error of ours. By what its policy refuses it has taken the request, undone. */
function taken(serverName: string, answer: PeerAnswer): Json {
  if ("data" in answer) return answer.data;
  const { code, status } = answer;
  if (code === "SW_FED_POLICY" && status < 500) {
    const message = `The federation policy of ${serverName} refuses this; its administrators can change that.`;
    throw new StairwellError(code, { message });
  }
  if (status < 500 && TELLING.has(code)) throw new StairwellError(code as ErrorCode);
  // Of what failed there nobody knows how far it came.
  if (status === 500) throw new StairwellError("SW_FED_OUTCOME_UNKNOWN", { message: `${serverName} failed.` });
  throw new PeerRefused(serverName, answer);
}
