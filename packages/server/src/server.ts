import type { AddressInfo } from "node:net";
import { ActorCache, Authenticator, authRoutes } from "./auth/index.ts";
import { type Db, openSqlite } from "./db/index.ts";
import { directoryRoutes } from "./directory/index.ts";
import { Log } from "./events/index.ts";
import { buildDoor, type Door, SendRates } from "./http/index.ts";
import { type Clock, systemClock } from "./lib/clock.ts";
import { Cursors } from "./lib/cursor.ts";
import type { Log as Logger } from "./lib/log.ts";
import { loadSecret } from "./lib/secret.ts";
import { memberRoutes } from "./members/index.ts";
import { messageRoutes, projectReplies } from "./messages/index.ts";
import { developerSignIn, findByNo, Identities, participantRoutes } from "./participants/index.ts";
import { projectReading, readingRoutes } from "./reading/index.ts";
import { startReceiptSweep } from "./receipts/index.ts";
import { roomRoutes } from "./rooms/index.ts";
import { countRoomsIn, memberOf, projectMember, projectRoom, RecentActivity } from "./state/index.ts";
import { setLimits, type TenantLimits } from "./tenants/index.ts";
import { makePersonalWorkspace, workspaceMemberRoutes, workspaceRoutes } from "./workspaces/index.ts";

export interface ServerOptions {
  /** The data folder; made when missing. */
  data: string;
  listen: { host: string; port: number };
  dev: boolean;
  log: Logger;
  clock?: Clock;
  logRequests?: boolean;
  failedSignInsPerMinute?: number;
  /** Who is not on this machine reads `/metrics` with it. */
  metricsToken?: string | null;
}

export interface RunningServer {
  readonly url: string;
  readonly db: Db;
  /** Changes some of a tenant's limits, at once. `SW_TENANT_NOT_FOUND`. */
  setLimits(slug: string, limits: Partial<TenantLimits>): Promise<void>;
  /** Stops taking requests, answers those under way, and lets go of the folder. */
  close(): Promise<void>;
}

/** Builds every part in order and opens the door. The only place that knows them all. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { data, dev, log, clock = systemClock } = options;
  const secret = loadSecret(data);
  const db = openSqlite({ folder: data, now: clock.now });
  const actors = new ActorCache(clock);
  const door = buildParts(options, db, clock, secret, actors);
  const sweep = startReceiptSweep(db, clock.now, (error) => log.error({ err: error }, "sweeping kept answers failed"));
  try {
    await door.app.listen(options.listen);
  } catch (error) {
    await sweep.stop();
    await db.close();
    throw error;
  }
  const { port } = door.app.server.address() as AddressInfo;
  const { host } = options.listen;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    db,
    async setLimits(slug, limits) {
      await setLimits(db, slug, limits, (tenantNo) => actors.forgetTenant(tenantNo));
    },
    async close() {
      await sweep.stop();
      await door.draining.start(door.app);
      await db.close();
    },
  };
}

function buildParts(options: ServerOptions, db: Db, clock: Clock, secret: Uint8Array, actors: ActorCache): Door {
  const { dev, log } = options;
  const identities = new Identities();
  const cursors = new Cursors(secret);
  const rates = new SendRates(clock);
  const authenticator = new Authenticator({
    db,
    clock,
    actors,
    findAccount: findByNo,
    signInDeveloper: dev
      ? developerSignIn(db, makePersonalWorkspace, (tenantNo, participantNo) => actors.forgetParticipant(tenantNo, participantNo))
      : undefined,
  });
  const rooms = new Log({
    memberOf: memberOf(identities),
    projections: [
      projectRoom(new RecentActivity()),
      projectMember(identities),
      projectReading(identities),
      projectReplies,
    ],
  });
  const parts = {
    db,
    clock,
    cursors,
    identities,
    actors,
    log: rooms,
    makePersonalWorkspace,
    findAccount: findByNo,
    development: dev,
    countRooms: countRoomsIn,
    charge: rates.charge.bind(rates),
  };
  return buildDoor({
    endpoints: [
      ...authRoutes(parts),
      ...participantRoutes(parts),
      ...workspaceRoutes(parts),
      ...workspaceMemberRoutes(parts),
      ...roomRoutes(parts),
      ...memberRoutes(parts),
      ...messageRoutes(parts),
      ...readingRoutes(parts),
      ...directoryRoutes(parts),
    ],
    authenticate: authenticator.authenticate.bind(authenticator),
    db,
    clock,
    log,
    secret,
    rates,
    failedSignInsPerMinute: options.failedSignInsPerMinute ?? 300,
    dev,
    logRequests: options.logRequests ?? false,
    isReady: () => db.ping(),
    metrics: { token: options.metricsToken ?? null, sources: [] },
  });
}
