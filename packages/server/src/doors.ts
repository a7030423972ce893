import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { BUNDLE_LIMITS } from "@stairwell/protocol/bundle";
import { adminRoutes } from "./admin/index.ts";
import { ActorCache, Authenticator } from "./auth/index.ts";
import { buildLog } from "./build-log.ts";
import type { Bus } from "./bus/index.ts";
import { type BlobStore, Staging } from "./blobs/index.ts";
import { ExportSlots, exportRoutes, importRoutes, Leftovers, sharedSlots } from "./bundles/index.ts";
import type { Db } from "./db/index.ts";
import { directoryRoutes } from "./directory/index.ts";
import {
  dmRoutes,
  type Federation,
  forwarding,
  meetForInvite,
  mountFederation,
  PeerRates,
  conflictRoutes,
  pendingRoutes,
  recoveryRoutes,
  resignFor,
  type Sharing,
  sharingRoutes,
  type TellLeaving,
  wellKnownRoute,
} from "./federation/index.ts";
import {
  callerBehind,
  buildDoor,
  credentialOf,
  type Door,
  FailedSignIns,
  guardLoopback,
  refuseUpgrade,
  requestIds,
  SendRates,
} from "./http/index.ts";
import { inboxRoutes } from "./inbox/index.ts";
import type { Clock } from "./lib/clock.ts";
import { Cursors } from "./lib/cursor.ts";
import type { Histogram } from "./lib/histogram.ts";
import { Digests, Fetches, Links, mediaRoutes, Painter } from "./media/index.ts";
import { Departures, memberRoutes } from "./members/index.ts";
import { amendmentRoutes, messageRoutes } from "./messages/index.ts";
import { developerSignIn, findByNo, Identities, participantRoutes } from "./participants/index.ts";
import { type Node, NodeMetrics } from "./nodes/index.ts";
import { type ChangeSettingsParts, readingRoutes } from "./reading/index.ts";
import { roomRoutes } from "./rooms/index.ts";
import { countRoomsIn, RecentRooms } from "./state/index.ts";
import { buildStream, Hub, type Live, OwnDevices, SharedTickets, Tail, takeChanges, Tickets } from "./stream/index.ts";
import type { ServerOptions } from "./server-options.ts";
import { tokenRoutes } from "./tokens/index.ts";
import { makePersonalWorkspace, workspaceMemberRoutes, workspaceRoutes } from "./workspaces/index.ts";

/** What the doors stand on: what the server has opened before anybody may come in. */
export interface Ground {
  db: Db;
  leftovers: Leftovers;
  federation: Federation;
  bus: Bus;
  node: Node;
  clock: Clock;
  secret: Uint8Array;
  staging: Staging;
  blobs: BlobStore;
  painter: Painter;
  maxMediaBytes: number;
  actors: ActorCache;
  metrics: Histogram[];
}

/** Builds what answers: the log with its projections, the calls, the stream, and what other servers ask. */
/** What answers, and what of it is to be ended or waited for. */
export interface Doors {
  door: Door;
  live: Live;
  departures: Departures;
  fetches: Fetches;
}

export function buildDoors(options: ServerOptions, ground: Ground): Doors {
  const { db, bus, node, clock, secret, actors, staging } = ground;
  const { dev, log } = options;
  const identities = new Identities();
  const cursors = new Cursors(secret);
  const others = { bus, countNodes: () => node.countNodes() };
  const rates = new SendRates(clock, others);
  const callerOf = callerBehind(options.trustedProxies);
  const failedSignIns = new FailedSignIns(options.failedSignInsPerMinute ?? 300, clock, others);
  const changed = (tenantNo: number, participantNo: number) => actors.forgetParticipant(tenantNo, participantNo);
  const signInDeveloper = dev ? developerSignIn(db, makePersonalWorkspace, changed) : undefined;
  const authenticator = new Authenticator({ db, clock, actors, findAccount: findByNo, signInDeveloper });
  const onFault = (error: unknown) => log.error({ err: error }, "a stream failed");
  const hub: Hub = new Hub({ db, identities, onFault, follow: async (tenantNo) => tail?.follow(tenantNo) });
  const tail = bus.hasOthers
    ? new Tail({ db, bus, hub, onFault, ...takeChanges({ hub, actors, onFault }) })
    : undefined;
  actors.announce((tenantNo) => tail?.changed(tenantNo));
  const devices = new OwnDevices(hub, bus, () => clock.now());
  const recent = new RecentRooms();
  const digests = new Digests(secret);
  const rooms = buildLog({
    identities,
    recent,
    digests,
    wake: (tenantNo) => sharing.wake(tenantNo),
    onCommitted: (ref, events) => (tail === undefined ? hub.committed(ref, events) : tail.own(ref, events)),
  });
  const tellLeaving: TellLeaving = (at, participantNo, leaving) => {
    devices.onLeaving(at, participantNo, leaving).catch(onFault);
    tail?.changed(at.tenantNo);
  };
  const beginAnew = (tenantNo: number, participantNo: number): void => {
    hub.beginAnew(tenantNo, participantNo);
    tail?.changed(tenantNo);
  };
  const sharing: Sharing = ground.federation.share({
    log: rooms,
    showTyping: (tenant, roomId, who, typing) => live.showTyping(tenant, roomId, who, typing),
    tellRefused: devices.onRefused,
    tellLeaving,
    onCut: beginAnew,
  });
  const files = {
    blobs: ground.blobs,
    staging,
    painter: ground.painter,
    maxBytes: ground.maxMediaBytes,
    digests,
  };
  const fetches = new Fetches({
    ...files,
    db,
    clock,
    timers: ground.federation.timers,
    bring: (tenant, wanted) => ground.federation.bringMedium(staging, tenant, wanted),
  });
  const parts = {
    db: forwarding(db, { propose: sharing.propose.bind(sharing), stay: sharing.stay.bind(sharing) }),
    clock,
    cursors,
    identities,
    fetches,
    actors,
    log: rooms,
    recent,
    makePersonalWorkspace,
    findAccount: findByNo,
    development: dev,
    countRooms: countRoomsIn,
    onRead: devices.onRead,
    onSettings: ((actor, at, settings) => {
      devices.onSettings(actor, at, settings);
      tail?.changed(at.tenantNo);
    }) satisfies ChangeSettingsParts["onSettings"],
    charge: rates.charge.bind(rates),
    countStreams: (tenantNo: number): number => live.countStreams(tenantNo),
    publicUrl: options.publicUrl ?? null,
  };
  const media = {
    ...parts,
    ...files,
    links: new Links(secret),
  };
  const upgradeIds = requestIds();
  const live: Live = buildStream({
    ...parts,
    hub,
    tail,
    bus,
    tellServers: sharing.tellTyping.bind(sharing),
    tickets: bus.hasOthers ? new SharedTickets({ db, secret }) : new Tickets(clock),
    authenticator,
    take: rates.take.bind(rates),
    headerCredential: credentialOf,
    guard: (request: IncomingMessage) => dev && guardLoopback(request),
    countFailure: (request) => failedSignIns.count(callerOf(request)),
    refuse: (request, socket, error) => refuseUpgrade(socket as Socket, error, upgradeIds(request)),
    onFault,
  });
  const door = buildDoor({
    endpoints: [
      ...tokenRoutes(parts),
      ...participantRoutes(parts),
      ...workspaceRoutes(parts),
      ...workspaceMemberRoutes(parts),
      ...roomRoutes(parts),
      ...memberRoutes({
        ...parts,
        meet: (actor, roomId, fqid) =>
          meetForInvite({ db, clock, get: sharing.get.bind(sharing) }, actor, roomId, fqid),
      }),
      ...messageRoutes(parts),
      ...amendmentRoutes(parts),
      ...mediaRoutes(media),
      ...exportRoutes({
        ...media,
        slots: node.places === undefined ? new ExportSlots() : sharedSlots(node.places),
        authenticate: authenticator.authenticate.bind(authenticator),
        onFault: (error) => log.error({ err: error }, "cleaning up after an export failed"),
      }),
      ...importRoutes({
        ...media,
        limits: options.bundles ?? BUNDLE_LIMITS,
        holds: node.holds,
        leftovers: ground.leftovers,
        places: node.places,
        onSight: beginAnew,
      }),
      ...readingRoutes(parts),
      ...inboxRoutes(parts),
      ...directoryRoutes(parts),
      ...adminRoutes(parts),
      ...recoveryRoutes({ db }),
      ...pendingRoutes({ db }),
      ...conflictRoutes({ db, chooseBranch: sharing.chooseBranch.bind(sharing) }),
      ...sharingRoutes({
        ...parts,
        tellLeaving,
        get: sharing.get.bind(sharing),
        fetchHistory: ({ tenant }, roomId, limit) => sharing.fetchHistory(tenant, roomId, limit),
      }),
      ...dmRoutes({ ...parts, get: sharing.get.bind(sharing), proposeDm: sharing.proposeDm.bind(sharing) }),
      ...live.endpoints,
    ],
    authenticate: authenticator.authenticate.bind(authenticator),
    callerOf,
    db,
    clock,
    log,
    secret,
    staging,
    rates,
    failedSignIns,
    dev,
    logRequests: options.logRequests ?? false,
    async isReady() {
      await db.ping();
      return bus.fault === undefined ? [] : [bus.fault];
    },
    metrics: {
      token: options.metricsToken ?? null,
      sources: [...ground.metrics, live.metrics, new NodeMetrics(bus, others.countNodes)],
    },
    operatorToken: options.operatorToken ?? null,
    publicUrl: options.publicUrl ?? null,
  });
  door.app.server.on("upgrade", live.upgrade);
  wellKnownRoute(door.app, { db, clock });
  mountFederation(door.app, {
    db,
    clock,
    peerKeys: ground.federation.peerKeys,
    sharing,
    digests,
    blobs: ground.blobs,
    sendBytes: door.responder.sendBytes.bind(door.responder),
    rates: new PeerRates(clock),
    countFailure: (request) => failedSignIns.count(callerOf(request)),
    checkDraining: () => door.draining.check(),
    deadlines: door.deadlines,
    succeed: door.responder.succeed.bind(door.responder),
  });
  const departures = new Departures({
    lease: node.jobs,
    log: rooms,
    actors,
    resign: (tx, at, { fqid }) => resignFor(tx, { tellLeaving }, at, fqid, "deactivated"),
    onFault: (error) => log.error({ err: error }, "leaving the rooms of somebody who was deactivated failed"),
  });
  return { door, live, departures, fetches };
}
