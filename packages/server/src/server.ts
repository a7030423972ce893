import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { noteRestored } from "./admin/index.ts";
import { ActorCache } from "./auth/index.ts";
import { openBus, NO_OTHERS } from "./bus/index.ts";
import { blobStoreOf, Staging } from "./blobs/index.ts";
import { Leftovers, startForgetting } from "./bundles/index.ts";
import { startControlServer } from "./control/index.ts";
import { type Db, groupMetrics, openStore } from "./db/index.ts";
import { startClosedRoomSweep } from "./events/index.ts";
import { buildFederation, type Federation } from "./federation/index.ts";
import { buildDoors } from "./doors.ts";
import { listen } from "./http/index.ts";
import { systemClock } from "./lib/clock.ts";
import { every } from "./lib/periodic.ts";
import { loadSecret } from "./lib/secret.ts";
import { confirmPlace, OWN_PLACE, Painter, PlaceWatch, startMediaSweep } from "./media/index.ts";
import { joinNodes, sharedSecret } from "./nodes/index.ts";
import { startReceiptSweep } from "./receipts/index.ts";
import type { ServerOptions } from "./server-options.ts";
import { hasTenants, setLimits, type TenantLimits } from "./tenants/index.ts";

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

/** Builds every part in order and opens the doors. */
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
      const command = options.store === undefined ? `tenant create --data ${data}` : "tenant create";
      const same = options.store === undefined ? "" : " and the same store.url";
      throw new Error(
        `Refusing to listen on a public address without a tenant: make one first, with 'stairwell ${command}'${same}.`,
      );
    }
    const secret = ownSecret ?? (await sharedSecret(db));
    const node = await joinNodes(
      { db, bus, now: () => clock.now() },
      onFault("keeping in touch with the store failed"),
    );
    closing.push(() => node.close());
    await noteRestored(db, data);
    // Only now: the folder belongs to this process, and what it finds there nobody else is receiving.
    const staging = await Staging.open(join(data, "staging"));
    const painter = new Painter();
    closing.push(async () => painter.stop());
    const media = options.media ?? { maxBytes: 104_857_600, keepUnusedSeconds: 86_400 };
    const blobs = blobStoreOf(data, media.s3, mayHaveOthers);
    closing.push(async () => blobs.close());
    const place = mayHaveOthers
      ? await PlaceWatch.start(
          () => confirmPlace({ db, blobs, secret, turns: node.turns }),
          onFault("the place of files is not as it must be"),
        )
      : OWN_PLACE;
    closing.push(() => place.stop());
    const federation = buildFederation({ db, clock, log, bus, node }, options.federation ?? { hosts: new Map() });
    closing.push(() => federation.stop());
    const leftovers = new Leftovers({ db, holds: node.holds }, onFault("taking away what an import has left failed"));
    closing.push(() => leftovers.stop());
    const { door, live, departures, fetches } = buildDoors(options, {
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
      place,
      painter,
      maxMediaBytes: media.maxBytes,
      maxUploads: media.maxUploads ?? 16,
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
    closing.push(() => fetches.idle());
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

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
