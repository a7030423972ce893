import { NO_OTHERS } from "../../src/bus/index.ts";
import { OWN_TURNS, ownLease } from "../../src/nodes/index.ts";
import { buildLog } from "../../src/build-log.ts";
import type { Db } from "../../src/db/index.ts";
import {
  buildFederation,
  dmRoutes,
  forwarding,
  meetForInvite,
  PeerRates,
  type Sharing,
  sharingRoutes,
} from "../../src/federation/index.ts";
import type { Endpoint } from "../../src/http/endpoint.ts";
import { Idempotency } from "../../src/http/idempotency.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { Cursors } from "../../src/lib/cursor.ts";
import type { WayOut } from "../../src/lib/outbound.ts";
import type { Timers } from "../../src/lib/timers.ts";
import { Digests } from "../../src/media/index.ts";
import { memberRoutes } from "../../src/members/index.ts";
import { amendmentRoutes, messageRoutes } from "../../src/messages/index.ts";
import { Identities } from "../../src/participants/index.ts";
import { roomRoutes } from "../../src/rooms/index.ts";
import { RecentRooms } from "../../src/state/index.ts";
import { type PeerDoor, peerDoor } from "./peer-door.ts";

/** What a server rests on: everything of it is the world's. */
export interface Ground {
  readonly db: Db;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: WayOut;
  /** What was refused to somebody who was told "not yet" before. */
  readonly onRefused: (
    participantNo: number,
    refused: { readonly id: string; readonly error: { code: string } },
  ) => void;
  /** Something went wrong that is nobody's answer. */
  readonly onFault: (what: string, error: unknown) => void;
}

/** A server that runs: what people may call, by operation id, and what other servers ask. */
export interface Running {
  readonly calls: ReadonlyMap<string, Endpoint>;
  readonly idempotency: Idempotency;
  readonly door: PeerDoor;
}

const SECRET = Buffer.alloc(32, 7);

/** Builds of a server what takes part: the log with its projections, the calls on rooms, and federation. */
export function run({ db, clock, timers, outbound, onRefused, onFault }: Ground): Running {
  const identities = new Identities();
  const cursors = new Cursors(SECRET);
  const recent = new RecentRooms();
  const fault = (facts: object, message: string): void => onFault(message, (facts as { err?: unknown }).err);
  const federation = buildFederation(
    {
      db,
      clock,
      log: { debug() {}, info() {}, warn() {}, error: fault },
      bus: NO_OTHERS,
      node: { jobs: ownLease(db), turns: OWN_TURNS },
    },
    { hosts: new Map(), outbound, timers },
  );
  const log = buildLog({
    identities,
    recent,
    digests: new Digests(SECRET),
    wake: (tenantNo) => sharing.wake(tenantNo),
  });
  const sharing: Sharing = federation.share({
    log,
    showTyping: async () => {},
    tellLeaving: () => {},
    onCut: () => {},
    tellRefused: (_tenantNo, participantNo, refused) => onRefused(participantNo, refused),
  });
  const parts = {
    db: forwarding(db, sharing.commands),
    clock,
    cursors,
    identities,
    log,
    recent,
    charge: () => {},
    // No files are sent here: none has to be fetched.
    fetches: { held: () => Promise.reject(new Error("there are no files in the simulator")) },
    tellLeaving: () => {},
  };
  const get = sharing.get.bind(sharing);
  const endpoints = [
    ...roomRoutes(parts),
    ...memberRoutes({
      ...parts,
      meet: (...asked) => meetForInvite({ db, clock, get }, ...asked),
    }),
    ...dmRoutes({ ...parts, get, proposeDm: sharing.proposeDm.bind(sharing) }),
    ...messageRoutes(parts),
    ...amendmentRoutes(parts),
    ...sharingRoutes({
      ...parts,
      get,
      fetchHistory: ({ tenant }, roomId, limit) => sharing.fetchHistory(tenant, roomId, limit),
    }),
  ];
  return {
    calls: new Map(endpoints.map((endpoint) => [endpoint.route.operationId, endpoint])),
    idempotency: new Idempotency({ db, clock, secret: SECRET }),
    door: peerDoor({
      db,
      clock,
      peerKeys: federation.peerKeys,
      sharing,
      rates: new PeerRates(clock),
      onFault: (error) => onFault("the door failed", error),
    }),
  };
}
