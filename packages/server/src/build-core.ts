import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Entry } from "./build-entry.ts";
import { buildLog } from "./build-log.ts";
import { forwarding, type Sharing, type TellLeaving } from "./federation/index.ts";
import type { Ground } from "./ground.ts";
import { credentialOf, guardLoopback, refuseUpgrade, requestIds } from "./http/index.ts";
import { Cursors } from "./lib/cursor.ts";
import { Digests, Fetches } from "./media/index.ts";
import { findByNo, Identities } from "./participants/index.ts";
import type { ChangeSettingsParts } from "./reading/index.ts";
import type { ServerOptions } from "./server-options.ts";
import { countRoomsIn, RecentRooms } from "./state/index.ts";
import { buildStream, Hub, type Live, OwnDevices, SharedTickets, Tail, takeChanges, Tickets } from "./stream/index.ts";
import { makePersonalWorkspace } from "./workspaces/index.ts";

/** What calls act on, and who hears of it. */
export type Core = ReturnType<typeof buildCore>;

/**
 * Builds the log with its projections and all that hears of it: live streams here, other nodes, and the servers that rooms
 * are shared with. They know each other: what comes from a server is shown on streams, what is said there goes to servers.
 */
export function buildCore(options: ServerOptions, ground: Ground, entry: Entry) {
  const { db, bus, clock, secret, actors, federation } = ground;
  const { dev, log: logger } = options;
  const identities = new Identities();
  const recent = new RecentRooms();
  const digests = new Digests(secret);
  const onFault = (error: unknown) => logger.error({ err: error }, "a stream failed");
  const hub: Hub = new Hub({ db, identities, onFault, follow: async (tenantNo) => tail?.follow(tenantNo) });
  const tail = bus.hasOthers
    ? new Tail({ db, bus, hub, onFault, ...takeChanges({ hub, actors, onFault }) })
    : undefined;
  actors.announce((tenantNo) => tail?.changed(tenantNo));
  const devices = new OwnDevices(hub, bus, () => clock.now());
  const log = buildLog({
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
  const sharing: Sharing = federation.share({
    log,
    showTyping: (tenant, roomId, who, typing) => live.showTyping(tenant, roomId, who, typing),
    tellRefused: devices.onRefused,
    tellLeaving,
    onCut: beginAnew,
    rates: entry.rates,
  });
  const { staging, blobs, painter, maxMediaBytes: maxBytes } = ground;
  const files = { staging, blobs, painter, maxBytes, digests };
  const fetches = new Fetches({
    ...files,
    db,
    clock,
    timers: federation.timers,
    bring: (tenant, wanted) => federation.bringMedium(staging, tenant, wanted),
  });
  /** What most calls take. */
  const common = {
    db: forwarding(db, sharing.commands),
    log,
    clock,
    cursors: new Cursors(secret),
    identities,
    recent,
    fetches,
    actors,
    makePersonalWorkspace,
    findAccount: findByNo,
    development: dev,
    countRooms: countRoomsIn,
    onRead: devices.onRead,
    onSettings: ((actor, at, settings) => {
      devices.onSettings(actor, at, settings);
      tail?.changed(at.tenantNo);
    }) satisfies ChangeSettingsParts["onSettings"],
    charge: entry.rates.charge.bind(entry.rates),
    countStreams: (tenantNo: number): number => live.countStreams(tenantNo),
    publicUrl: options.publicUrl ?? null,
  };
  const upgradeIds = requestIds();
  const live: Live = buildStream({
    ...common,
    hub,
    tail,
    bus,
    tellServers: sharing.tellTyping.bind(sharing),
    tickets: bus.hasOthers ? new SharedTickets({ db, secret }) : new Tickets(clock),
    authenticate: entry.authenticate,
    take: entry.rates.take.bind(entry.rates),
    headerCredential: credentialOf,
    guard: (request: IncomingMessage) => dev && guardLoopback(request),
    countFailure: (request) => entry.failedSignIns.count(entry.callerOf(request)),
    refuse: (request, socket, error) => refuseUpgrade(socket as Socket, error, upgradeIds(request)),
    onFault,
  });
  return { common, files, sharing, live, tellLeaving, beginAnew };
}
