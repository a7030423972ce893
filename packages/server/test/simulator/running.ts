import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Staging } from "../../src/blobs/index.ts";
import { NO_OTHERS } from "../../src/bus/index.ts";
import { OWN_TURNS, ownLease } from "../../src/nodes/index.ts";
import { buildLog } from "../../src/build-log.ts";
import { type Actor, ActorCache } from "../../src/auth/index.ts";
import type { RoomRef } from "../../src/events/index.ts";
import type { Db } from "../../src/db/index.ts";
import {
  buildFederation,
  conflictRoutes,
  dmRoutes,
  forwarding,
  meetForInvite,
  PeerRates,
  type Sharing,
  sharingRoutes,
} from "../../src/federation/index.ts";
import type { Endpoint } from "../../src/http/endpoint.ts";
import { Idempotency } from "../../src/http/idempotency.ts";
import type { SharingParts } from "../../src/federation/sharing.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { Cursors } from "../../src/lib/cursor.ts";
import type { WayOut } from "../../src/lib/outbound.ts";
import type { Timers } from "../../src/lib/timers.ts";
import { Digests, Fetches, Links, mediaRoutes } from "../../src/media/index.ts";
import type { FetchesParts } from "../../src/media/fetches.ts";
import { memberRoutes } from "../../src/members/index.ts";
import { amendmentRoutes, messageRoutes } from "../../src/messages/index.ts";
import { Identities, type MakePersonalWorkspace, participantRoutes } from "../../src/participants/index.ts";
import { roomRoutes } from "../../src/rooms/index.ts";
import { RecentRooms } from "../../src/state/index.ts";
import { Hub } from "../../src/stream/hub.ts";
import { Outlets } from "../../src/stream/outlet.ts";
import { OwnDevices } from "../../src/stream/own-devices.ts";
import { Session } from "../../src/stream/session.ts";
import type { Files } from "./files.ts";
import { type PeerDoor, peerDoor } from "./peer-door.ts";

/** What a server rests on: everything of it is the world's. */
export interface Ground {
  readonly db: Db;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: WayOut;
  readonly files: Files;
  /** Somebody is leaving a room of another server, as they see it. */
  readonly onLeaving: (at: Pick<RoomRef, "tenantNo" | "roomId">, participantNo: number) => void;
  /** Something went wrong that is nobody's answer. */
  readonly onFault: (what: string, error: unknown) => void;
}

/** A server that runs: what people may call, by operation id, and what other servers ask. */
export interface Running {
  readonly calls: ReadonlyMap<string, Endpoint>;
  readonly idempotency: Idempotency;
  readonly door: PeerDoor;
  /** Begins somebody's stream over a connection, from a cursor on; `onEnd` when the server ends it. */
  readonly staging: Staging;
  readonly openStream: (actor: Actor, socket: Duplex, since: string | null, onEnd: () => void) => void;
}

/** Nobody registers here. */
const makePersonalWorkspace: MakePersonalWorkspace = () => Promise.reject(new Error("nobody is made in a world"));

const SECRET = Buffer.alloc(32, 7);
/** The largest file. */
const MOST_BYTES = 1000;

/** Builds of a server what takes part: the log with its projections, the calls on rooms, and federation. */
export function run({ db, clock, timers, outbound, files, onLeaving, onFault }: Ground): Running {
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
  const digests = new Digests(SECRET);
  const hub = new Hub({ db, identities, onFault: (error) => onFault("the streams failed", error) });
  const outlets = new Outlets();
  const devices = new OwnDevices(hub, NO_OTHERS, () => clock.now());
  const log = buildLog({
    identities,
    recent,
    digests,
    wake: (tenantNo) => sharing.wake(tenantNo),
    onCommitted: (ref, events) => hub.committed(ref, events),
  });
  const tellLeaving: SharingParts["tellLeaving"] = (at, participantNo, leaving) => {
    onLeaving(at, participantNo);
    devices.onLeaving(at, participantNo, leaving).catch((error: unknown) => onFault("a leaving was not told", error));
  };
  const sharing: Sharing = federation.share({
    log,
    showTyping: async () => {},
    tellLeaving,
    onCut: (tenantNo, participantNo) => hub.beginAnew(tenantNo, participantNo),
    tellRefused: devices.onRefused,
    rates: { take: () => {}, charge: () => {} },
  });
  const { staging, blobs, painter } = files;
  const kept = { staging, blobs, painter, digests, maxBytes: MOST_BYTES };
  const bring: FetchesParts["bring"] = (tenant, wanted) => federation.bringMedium(staging, tenant, wanted);
  const fetches = new Fetches({ ...kept, db, clock, timers, bring });
  const parts = {
    db: forwarding(db, sharing.commands),
    clock,
    cursors,
    identities,
    log,
    recent,
    charge: () => {},
    fetches,
    tellLeaving,
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
    ...mediaRoutes({ ...parts, ...kept, links: new Links(SECRET), publicUrl: null, maxUploads: 8 }),
    ...participantRoutes({ ...parts, actors: new ActorCache(clock), makePersonalWorkspace }),
    ...conflictRoutes({ db, chooseBranch: sharing.chooseBranch.bind(sharing) }),
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
      blobs,
      digests,
      rates: new PeerRates(clock),
      onFault: (error) => onFault("the door failed", error),
    }),
    staging,
    openStream(actor, socket, since, onEnd) {
      const ws = { close: onEnd } as unknown as WebSocket;
      const session = new Session(
        { db, hub, identities, outlets, metrics: { ended() {} }, now: () => clock.now() },
        { id: actor.fqid, actor, credential: "", ws, socket },
      );
      session.open(since).catch((error: unknown) => {
        onFault("a stream could not be opened", error);
        session.fail();
      });
    },
  };
}
