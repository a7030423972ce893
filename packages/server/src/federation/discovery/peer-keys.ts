import { StairwellError } from "@stairwell/protocol";
import { keyFor, type KeyStanding, type ServerKey } from "@stairwell/protocol/signing";
import type { Db } from "../../db/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { Lru } from "../../lib/lru.ts";
import type { WayOut } from "../../lib/outbound.ts";
import { findPeer, noteFailure, type Peer, pinKeys, policyOf, unseen } from "../../peers/index.ts";
import { findPublicKey, findTenantByServerName } from "../../tenants/index.ts";
import { DiscoveryFault, fetchDescriptor } from "./fetch-descriptor.ts";
import type { Hosts } from "./place.ts";
import { Strangers } from "./strangers.ts";

/** A descriptor counts as new for so long; then it is fetched again beside the work, so that revocations are heard of. */
const FRESH_MS = 60 * 60 * 1000;
/** After a try, whatever came of it, so long is waited for the next one of the same server. */
const PAUSE_MS = 60_000;
/** The same where an administrator has just vouched for a key. */
const SHORT_PAUSE_MS = 1000;
/** Servers that we know nothing of: those that call us, which anybody can say to be, and those that are named to us, */
const CALLING = { per_second: 1, burst: 60 };
const NAMED = { per_second: 5, burst: 300 };
/** by our own people, or by another server, whose people of others speak in its rooms: of so many each has a bound of its own. */
const MOST_TELLING = 1000;
const REMEMBERED = 10_000;

export interface PeerKeysParts {
  readonly db: Db;
  readonly outbound: WayOut;
  readonly hosts: Hosts;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The keys of other servers: pinned, and fetched by their own names where something is not known (FD3). One fetch of a
 * server is under way at a time; what fails or offers other keys changes nothing of what is pinned.
 */
export class PeerKeys {
  readonly #parts: PeerKeysParts;
  /** Apart, so that no flood of calls, nor of names that one server tells, keeps our people from inviting whom they will. */
  readonly #calling: Strangers;
  readonly #named: Strangers;
  readonly #told = new Lru<string, Strangers>(MOST_TELLING);
  readonly #fetching = new Map<string, Promise<Peer>>();
  /** When a server was last asked, monotonic, and what came of it where it is not pinned. */
  readonly #tried = new Lru<string, { readonly at: number; readonly stranger?: Peer }>(REMEMBERED);

  constructor(parts: PeerKeysParts) {
    this.#parts = parts;
    this.#calling = new Strangers(CALLING, parts.clock);
    this.#named = new Strangers(NAMED, parts.clock);
  }

  /**
   * The key that may sign a request now. `SW_FED_SIGNATURE` for one that may not; `SW_FED_PEER_UNKNOWN` where nothing is
   * known of the server, which says no more than that; `SW_UNAVAILABLE` while too many are being asked for.
   */
  async keyFor(tenantNo: number, serverName: string, keyId: string): Promise<ServerKey> {
    const known = await findPeer(this.#parts.db, tenantNo, serverName);
    const standing = this.#standing(known, keyId);
    if ("key" in standing) {
      // The work goes on by what is pinned: whoever is down must not be in its way.
      if (!this.#isFresh(known!)) void this.#refresh(tenantNo, serverName, known, this.#calling);
      return standing.key;
    }
    const now =
      standing.refusal === "unknown" ? await this.#refresh(tenantNo, serverName, known, this.#calling) : known!;
    if (now.keys.length === 0) throw unknown();
    const after = this.#standing(now, keyId);
    if ("key" in after) return after.key;
    throw new StairwellError("SW_FED_SIGNATURE", { message: REFUSALS[after.refusal], rule: "FD1" });
  }

  /** The key that may sign a request now, where it is pinned; nobody is asked for it. */
  async findPinned(tenantNo: number, serverName: string, keyId: string): Promise<ServerKey | undefined> {
    const standing = this.#standing(await findPeer(this.#parts.db, tenantNo, serverName), keyId);
    return "key" in standing ? standing.key : undefined;
  }

  /**
   * What is known of a server whom we are going to ask: fetched where that is nothing or old. `SW_FED_PEER_UNREACHABLE`
   * where nothing can be learned; `SW_FED_PEER_UNKNOWN` where it has keys that nobody introduced; `SW_UNAVAILABLE` while
   * too many are being asked for.
   */
  know(tenantNo: number, serverName: string): Promise<Peer> {
    return this.#know(tenantNo, serverName, this.#named);
  }

  async #know(tenantNo: number, serverName: string, strangers: Strangers): Promise<Peer> {
    const known = await findPeer(this.#parts.db, tenantNo, serverName);
    // Keys that nobody introduced may have been an old copy of the descriptor: it is looked at again before an hour is over.
    const isEnough = known !== undefined && known.keys.length > 0 && known.keyFault === null && this.#isFresh(known);
    const peer = isEnough ? known : await this.#refresh(tenantNo, serverName, known, strangers);
    if (peer.keys.length === 0) {
      const message = peer.lastError ?? `${serverName} could not be known.`;
      throw new StairwellError("SW_FED_PEER_UNREACHABLE", { message });
    }
    if (peer.keyFault === null) return peer;
    throw new StairwellError("SW_FED_PEER_UNKNOWN", {
      message:
        `${serverName} has other keys than before (${peer.keyFault}). Ask its administrator for its public key by another ` +
        "way, then trust it: stairwell federation peer trust.",
      rule: "FD3",
    });
  }

  /**
   * The public key (base64) of a server, our own tenant's too, that was good for what was sequenced at a time (Unix
   * milliseconds) and is seen now (FD1); undefined where there is none, or none can be learned. `toldBy`: the server that
   * says that they spoke. `SW_UNAVAILABLE` while it names too many.
   */
  async keyAt(
    tenantNo: number,
    toldBy: string,
    { serverName, keyId, hubTs }: { readonly serverName: string; readonly keyId: string; readonly hubTs: number },
  ): Promise<string | undefined> {
    const { db, clock } = this.#parts;
    const tenant = await findTenantByServerName(db, serverName);
    if (tenant?.tenantNo === tenantNo) return findPublicKey(db, tenantNo, keyId);
    let peer = await findPeer(db, tenantNo, serverName);
    const isKnown = peer?.keys.some((key) => key.keyId === keyId) === true;
    // Whoever is denied is not asked for anything, whoever else's room brings its people.
    if (!isKnown && !(await policyOf(db, tenantNo)).denied_peers.includes(serverName)) {
      peer = await this.#know(tenantNo, serverName, this.#toldBy(tenantNo, toldBy)).catch((error: unknown) => {
        if (error instanceof StairwellError && error.code === "SW_UNAVAILABLE") throw error;
        return undefined;
      });
    }
    const standing = keyFor(peer?.keys ?? [], keyId, hubTs, clock.now());
    return "key" in standing ? standing.key.publicKey : undefined;
  }

  /** Settles when no fetch is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#fetching.values());
  }

  #toldBy(tenantNo: number, serverName: string): Strangers {
    const key = `${tenantNo} ${serverName}`;
    const known = this.#told.get(key) ?? new Strangers(NAMED, this.#parts.clock);
    this.#told.set(key, known);
    return known;
  }

  #standing(peer: Peer | undefined, keyId: string): KeyStanding {
    const now = this.#parts.clock.now();
    return keyFor(peer?.keys ?? [], keyId, now, now);
  }

  #isFresh({ refreshedAt }: Peer): boolean {
    return refreshedAt !== null && Math.abs(this.#parts.clock.now() - refreshedAt) < FRESH_MS;
  }

  /** What is known after one more try; the same as before where there was one just now. */
  #refresh(tenantNo: number, serverName: string, known: Peer | undefined, strangers: Strangers): Promise<Peer> {
    const key = `${tenantNo} ${serverName}`;
    const underWay = this.#fetching.get(key);
    if (underWay !== undefined) return underWay;
    const now = this.#parts.clock.monotonic();
    const tried = this.#tried.get(key);
    const isAsked = known !== undefined && known.trustedKey !== null && known.refreshedAt === null;
    const last = known ?? tried?.stranger;
    if (tried !== undefined && last !== undefined && now - tried.at < (isAsked ? SHORT_PAUSE_MS : PAUSE_MS)) {
      // What came of it may be on record since whoever asks has looked.
      return findPeer(this.#parts.db, tenantNo, serverName).then((found) => found ?? last);
    }
    if (known === undefined) strangers.begin();
    const fetching = this.#fetch(tenantNo, serverName, known).then((peer) => {
      this.#fetching.delete(key);
      if (known === undefined) strangers.end();
      this.#tried.set(key, { at: this.#parts.clock.monotonic(), ...(peer.keys.length === 0 && { stranger: peer }) });
      return peer;
    });
    this.#fetching.set(key, fetching);
    return fetching;
  }

  /** Never rejects: what went wrong is in `lastError`. */
  async #fetch(tenantNo: number, serverName: string, known: Peer | undefined): Promise<Peer> {
    const { db, outbound, hosts, clock, log } = this.#parts;
    try {
      const descriptor = await fetchDescriptor(outbound, hosts, serverName, clock.now());
      const { peer, fault } = await db.write({ tenantNo }, (tx) => pinKeys(tx, tenantNo, descriptor));
      if (fault !== null) log.warn({ peer: serverName, fault }, "another server has keys that nobody introduced");
      return peer;
    } catch (error) {
      if (error instanceof DiscoveryFault) log.warn({ peer: serverName, err: error }, "another server is not known");
      else log.error({ peer: serverName, err: error }, "keeping what is known of another server failed");
      const lastError = (error as Error).message;
      if (known !== undefined && known.lastError !== lastError) {
        await db.write({ tenantNo }, (tx) => noteFailure(tx, tenantNo, serverName, lastError)).catch(() => {});
      }
      return { ...(known ?? unseen(serverName, clock.now())), lastError };
    }
  }
}

const REFUSALS = {
  unknown: "The key is not one that this server knows of yours.",
  early: "The key is not valid yet.",
  expired: "The key is no longer valid.",
  revoked: "The key was revoked.",
} as const;

/** No reason is given: it would tell what can be reached from here. */
function unknown(): StairwellError {
  return new StairwellError("SW_FED_PEER_UNKNOWN", {
    message: "Your server could not be known by its name: its descriptor could not be fetched, or is not right.",
    rule: "FD3",
  });
}
