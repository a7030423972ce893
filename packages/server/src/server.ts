import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { BUNDLE_LIMITS, type BundleLimits } from "@stairwell/protocol/bundle";
import { projectAmendments } from "./amendments/index.ts";
import { adminRoutes } from "./admin/index.ts";
import { projectAudit } from "./audit/index.ts";
import { ActorCache, Authenticator, authRoutes } from "./auth/index.ts";
import { type Bus, type BusOptions, openBus, NO_OTHERS } from "./bus/index.ts";
import { type BlobStore, blobStoreOf, type S3Options, Staging } from "./blobs/index.ts";
import { ExportSlots, exportRoutes, importRoutes, Leftovers, sharedSlots, startForgetting } from "./bundles/index.ts";
import { startControlServer } from "./control/index.ts";
import { type Db, type ErasurePace, groupMetrics, openStore } from "./db/index.ts";
import { directoryRoutes } from "./directory/index.ts";
import { findEvent, Log, startClosedRoomSweep } from "./events/index.ts";
import {
  buildFederation,
  type Federation,
  type FederationOptions,
  forwarding,
  meetForInvite,
  mountFederation,
  type OwnName,
  PeerRates,
  projectDeliveries,
  type Sharing,
  sharingRoutes,
  wellKnownRoute,
} from "./federation/index.ts";
import {
  buildDoor,
  credentialOf,
  type Door,
  FailedSignIns,
  guardLoopback,
  listen,
  refuseUpgrade,
  requestIds,
  SendRates,
} from "./http/index.ts";
import { inboxRoutes } from "./inbox/index.ts";
import { type Clock, systemClock } from "./lib/clock.ts";
import { Cursors } from "./lib/cursor.ts";
import type { Histogram } from "./lib/histogram.ts";
import type { Log as Logger } from "./lib/log.ts";
import { every } from "./lib/periodic.ts";
import { loadSecret } from "./lib/secret.ts";
import { Digests, Links, mediaRoutes, Painter, projectMedia, startMediaSweep } from "./media/index.ts";
import { Departures, memberRoutes } from "./members/index.ts";
import { amendmentRoutes, messageRoutes, projectReplies } from "./messages/index.ts";
import { developerSignIn, findByNo, Identities, participantRoutes } from "./participants/index.ts";
import { joinNodes, type Node, sharedSecret } from "./nodes/index.ts";
import { type ChangeSettingsParts, projectReading, readingRoutes } from "./reading/index.ts";
import { startReceiptSweep } from "./receipts/index.ts";
import { roomRoutes } from "./rooms/index.ts";
import { countRoomsIn, memberOf, projectMember, projectRoom, RecentActivity, RecentRooms } from "./state/index.ts";
import { buildStream, Hub, type Live, OwnDevices, SharedTickets, Tail, takeChanges, Tickets } from "./stream/index.ts";
import { findTenant, hasTenants, setLimits, type TenantLimits } from "./tenants/index.ts";
import { makePersonalWorkspace, workspaceMemberRoutes, workspaceRoutes } from "./workspaces/index.ts";

export interface ServerOptions {
  /** The data folder; made when missing. */
  data: string;
  listen: { host: string; port: number };
  /** Development mode; loopback only, which the configuration checks. */
  dev: boolean;
  log: Logger;
  clock?: Clock;
  logRequests?: boolean;
  failedSignInsPerMinute?: number;
  /** Who is not on this machine reads `/metrics` with it. */
  metricsToken?: string | null;
  /** Who sends it may call `/v1/operator/…`; without it nobody may. */
  operatorToken?: string | null;
  publicUrl?: string | null;
  /** The largest file that is taken, how long one is kept that nothing names, and the store they are in, if not the folder. */
  media?: { maxBytes: number; keepUnusedSeconds: number; s3?: S3Options | undefined };
  /** What a bundle that comes in may be (BU16). */
  bundles?: BundleLimits;
  /** The NATS by which nodes that share a store wake each other, or what opens another bus; only for a store that is shared. */
  bus?: BusOptions | (() => Bus);
  /** Other servers: where those are that have no public address, and, for tests, how names are looked up. */
  federation?: FederationOptions;
  /** The PostgreSQL database that has the rows, if it is not the folder. `isUnsafe` takes one that may lose them: for tests. */
  store?: { url: string; isUnsafe?: boolean };
  /** How soon deleted bytes leave the store's files; for tests. */
  erasurePace?: ErasurePace;
  /** Refuse to listen while there is nobody to serve. */
  needsTenant?: boolean;
}

export interface RunningServer {
  readonly url: string;
  /** The data folder. */
  readonly data: string;
  readonly dev: boolean;
  readonly db: Db;
  /** Changes some of a tenant's limits, at once. `SW_TENANT_NOT_FOUND`. */
  setLimits(slug: string, limits: Partial<TenantLimits>): Promise<void>;
  /** Asks another server something in a tenant's name; refusals of ours are thrown. `SW_TENANT_NOT_FOUND`. */
  readonly askPeer: Federation["ask"];
  /** Stops taking requests, ends streams, answers what is under way, and lets go of the folder. A repeat waits for the first. */
  close(): Promise<void>;
}

/** How often departures are looked for that other nodes have begun, in milliseconds. */
const DEPARTURES_MS = 2000;

/** Builds every part in order and opens the doors. The only place that knows them all. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { data, log, clock = systemClock } = options;
  const mayHaveOthers = options.store !== undefined;
  const ownSecret = mayHaveOthers ? undefined : loadSecret(data);
  const groups = groupMetrics();
  const db = await openStore({
    folder: data,
    ...options.store,
    now: () => clock.now(),
    onGroup: groups.observe,
    onOverdue: (cause) => log.warn({ err: cause }, "deleted bytes cannot leave the store's files"),
    erasurePace: options.erasurePace,
  });
  const bus = mayHaveOthers ? openBus(options.bus, log) : NO_OTHERS;
  const actors = new ActorCache(clock);
  const onFault = (what: string) => (error: unknown) => log.error({ err: error }, what);
  const closing: (() => Promise<void>)[] = [() => db.close(), () => bus.close()];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    if (options.needsTenant === true && !(await hasTenants(db))) {
      throw new Error(
        `Refusing to listen on a public address without a tenant: make one first, with 'stairwell tenant create --data ${data}'.`,
      );
    }
    const secret = ownSecret ?? (await sharedSecret(db));
    const node = await joinNodes(
      { db, bus, now: () => clock.now() },
      onFault("keeping in touch with the store failed"),
    );
    closing.push(() => node.close());
    // Only now: the folder belongs to this process, and what it finds there nobody else is receiving.
    const staging = await Staging.open(join(data, "staging"));
    const painter = new Painter();
    closing.push(async () => painter.stop());
    const media = options.media ?? { maxBytes: 104_857_600, keepUnusedSeconds: 86_400 };
    const blobs = blobStoreOf(data, media.s3);
    closing.push(async () => blobs.close());
    const federation = buildFederation({ db, clock, log }, options.federation ?? { hosts: new Map() });
    closing.push(() => federation.stop());
    const leftovers = new Leftovers({ db, holds: node.holds }, onFault("taking away what an import has left failed"));
    closing.push(() => leftovers.stop());
    const { door, live, departures } = buildDoors(options, {
      leftovers,
      federation,
      db,
      bus,
      node,
      clock,
      secret,
      actors,
      staging,
      blobs,
      painter,
      maxMediaBytes: media.maxBytes,
      metrics: groups.histograms,
    });
    const sweep = startReceiptSweep(node.jobs, () => clock.now(), onFault("sweeping kept answers failed"));
    closing.push(() => sweep.stop());
    const closedRooms = startClosedRoomSweep(node.jobs, onFault("sweeping closed rooms failed"));
    closing.push(() => closedRooms.stop());
    const mediaSweep = startMediaSweep(
      node.jobs,
      { blobs, clock, keepUnusedMs: media.keepUnusedSeconds * 1000 },
      onFault("sweeping media failed"),
    );
    closing.push(() => mediaSweep.stop());
    closing.push(() => departures.stop());
    if (bus.hasOthers) {
      // Who is deactivated on another node, or was left by one that died, is not announced here.
      const looking = every(DEPARTURES_MS, async () => departures.wake(), onFault("looking for departures failed"));
      closing.push(() => looking.stop());
    }
    const imports = await startForgetting(
      { lease: node.jobs, holds: node.holds, hasOthers: bus.hasOthers },
      onFault("taking away what an import has left failed"),
    );
    closing.push(() => imports.stop());
    const control = await startControlServer(data, { db, actors }, onFault("a control operation failed"));
    closing.push(() => control.close());
    closing.push(async () => {
      federation.hangUp();
      // Polls that wait are answered into a door that closes, so that they do not come again.
      await Promise.all([live.stop(), door.draining.start(door.app)]);
    });
    await listen(door.app, options.listen);
    departures.wake();
    let closed: Promise<void> | undefined;
    return {
      url: urlOf(options.listen.host, (door.app.server.address() as AddressInfo).port),
      data,
      dev: options.dev,
      db,
      async setLimits(slug, limits) {
        await setLimits(db, slug, limits, (tenantNo) => actors.forgetTenant(tenantNo));
      },
      askPeer: federation.ask.bind(federation),
      close: () => (closed ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Ground {
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

function buildDoors(options: ServerOptions, ground: Ground): { door: Door; live: Live; departures: Departures } {
  const { db, bus, node, clock, secret, actors, staging } = ground;
  const { dev, log } = options;
  const identities = new Identities();
  const cursors = new Cursors(secret);
  const others = { bus, countNodes: () => node.countNodes() };
  const rates = new SendRates(clock, others);
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
  const rooms = new Log({
    memberOf: memberOf(identities),
    projections: [
      projectRoom(new RecentActivity()),
      projectMember(identities),
      projectReading(identities),
      projectReplies,
      projectMedia,
      projectAmendments(identities),
      projectAudit(async (tx, ref, eventId) => (await findEvent(tx, ref, eventId))?.sender),
      recent.project,
      projectDeliveries(ownName(), (tenantNo) => sharing.wake(tenantNo)),
    ],
    importProjections: [projectReplies, projectMedia, projectAmendments(identities)],
    onCommitted: (ref, events) => (tail === undefined ? hub.committed(ref, events) : tail.own(ref, events)),
  });
  const sharing: Sharing = ground.federation.share({
    log: rooms,
    showTyping: (tenant, roomId, who, typing) => live.showTyping(tenant, roomId, who, typing),
    tellRefused: devices.onRefused,
  });
  const parts = {
    db: forwarding(db, (command) => sharing.propose(command)),
    clock,
    cursors,
    identities,
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
    blobs: ground.blobs,
    staging,
    painter: ground.painter,
    maxBytes: ground.maxMediaBytes,
    digests: new Digests(secret),
    links: new Links(secret),
  };
  const upgradeIds = requestIds();
  const live: Live = buildStream({
    ...parts,
    hub,
    tail,
    bus,
    tellServers: sharing.tellTyping.bind(sharing),
    tickets: bus.hasOthers ? new SharedTickets({ db, clock, secret }) : new Tickets(clock),
    authenticator,
    take: rates.take.bind(rates),
    headerCredential: credentialOf,
    guard: (request: IncomingMessage) => dev && guardLoopback(request),
    countFailure: (address) => failedSignIns.count(address),
    refuse: (request, socket, error) => refuseUpgrade(socket as Socket, error, upgradeIds(request)),
    onFault,
  });
  const door = buildDoor({
    endpoints: [
      ...authRoutes(parts),
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
        onSight(tenantNo, participantNo) {
          hub.cameIntoSight(tenantNo, participantNo);
          tail?.changed(tenantNo);
        },
      }),
      ...readingRoutes(parts),
      ...inboxRoutes(parts),
      ...directoryRoutes(parts),
      ...adminRoutes(parts),
      ...sharingRoutes({
        ...parts,
        get: sharing.get.bind(sharing),
        fetchHistory: ({ tenant }, roomId, limit) => sharing.fetchHistory(tenant, roomId, limit),
      }),
      ...live.endpoints,
    ],
    authenticate: authenticator.authenticate.bind(authenticator),
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
    metrics: { token: options.metricsToken ?? null, sources: [...ground.metrics, live.metrics] },
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
    rates: new PeerRates(clock),
    countFailure: (address) => failedSignIns.count(address),
    checkDraining: () => door.draining.check(),
    deadlines: door.deadlines,
    succeed: door.responder.succeed.bind(door.responder),
  });
  const departures = new Departures({
    lease: node.jobs,
    log: rooms,
    actors,
    onFault: (error) => log.error({ err: error }, "leaving the rooms of somebody who was deactivated failed"),
  });
  return { door, live, departures };
}

/** What each tenant calls its server, which never changes. */
function ownName(): OwnName {
  const names = new Map<number, string>();
  return async (reader, tenantNo) => {
    const name = names.get(tenantNo) ?? (await findTenant(reader, tenantNo))!.serverName;
    names.set(tenantNo, name);
    return name;
  };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
