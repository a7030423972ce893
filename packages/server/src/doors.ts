import { buildCore } from "./build-core.ts";
import { buildEndpoints } from "./build-endpoints.ts";
import { buildEntry } from "./build-entry.ts";
import { mountFederation, PeerRates, resignFor, wellKnownRoute } from "./federation/index.ts";
import type { Ground } from "./ground.ts";
import { buildDoor, type Door } from "./http/index.ts";
import type { Fetches } from "./media/index.ts";
import { Departures } from "./members/index.ts";
import { NodeMetrics } from "./nodes/index.ts";
import type { ServerOptions } from "./server-options.ts";
import type { Live } from "./stream/index.ts";

/** What answers, and what of it is to be ended or waited for. */
export interface Doors {
  door: Door;
  live: Live;
  departures: Departures;
  fetches: Fetches;
}

/** Builds what answers: people's calls and streams, and what other servers ask. */
export function buildDoors(options: ServerOptions, ground: Ground): Doors {
  const { db, bus, node, clock, secret, staging, place } = ground;
  const { log } = options;
  const entry = buildEntry(options, ground);
  const core = buildCore(options, ground, entry);
  const { sharing, live, tellLeaving } = core;
  const door = buildDoor({
    ...entry,
    endpoints: buildEndpoints(options, ground, entry, core),
    db,
    clock,
    log,
    secret,
    staging,
    dev: options.dev,
    logRequests: options.logRequests ?? false,
    ...(options.progressMs !== undefined && { progressMs: options.progressMs }),
    async isReady() {
      await db.ping();
      place.check();
      return [bus.fault, place.fault].filter((fault) => fault !== undefined);
    },
    metrics: {
      token: options.metricsToken ?? null,
      sources: [...ground.metrics, live.metrics, new NodeMetrics(bus, () => node.countNodes())],
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
    digests: core.files.digests,
    blobs: ground.blobs,
    sendBytes: door.responder.sendBytes.bind(door.responder),
    rates: new PeerRates(clock),
    countFailure: (request) => entry.failedSignIns.count(entry.callerOf(request)),
    checkDraining: () => door.draining.check(),
    deadlines: door.deadlines,
    succeed: door.responder.succeed.bind(door.responder),
  });
  const departures = new Departures({
    lease: node.jobs,
    log: core.common.log,
    actors: ground.actors,
    resign: (tx, at, { fqid }) => resignFor(tx, { tellLeaving }, at, fqid, "deactivated"),
    onFault: (error) => log.error({ err: error }, "leaving the rooms of somebody who was deactivated failed"),
  });
  return { door, live, departures, fetches: core.common.fetches };
}
