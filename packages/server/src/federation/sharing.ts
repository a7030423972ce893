import type { Fqid, Json, RoomId } from "@stairwell/protocol";
import type { ItemResult } from "@stairwell/protocol/federation";
import type { Bus } from "../bus/index.ts";
import type { Db } from "../db/index.ts";
import type { Log as EventLog } from "../events/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Loop } from "../lib/periodic.ts";
import type { Timers } from "../lib/timers.ts";
import { everyHeld, type Lease, type Turns } from "../nodes/index.ts";
import { findByNo, type Participant } from "../participants/index.ts";
import { findTenant, type Tenant } from "../tenants/index.ts";
import { type Backfill, backfill, type Range } from "./hub/backfill.ts";
import { handedMembersPage, sharedMembers } from "./hub/members.ts";
import type { Rates } from "./hub/rates.ts";
import { admitting } from "./inbound/admitting.ts";
import type { PeerRequest } from "./inbound/peer-request.ts";
import type { MembersQuery } from "./inbound/read-call.ts";
import { takeItems } from "./inbound/take-items.ts";
import type { DeliverParts } from "./outbound/deliver.ts";
import { seekProfiles } from "./outbound/seek-profiles.ts";
import { Senders } from "./outbound/senders.ts";
import { tellProfiles } from "./outbound/tell-profiles.ts";
import type { KeyAt } from "./replica/check-events.ts";
import { sharersOf } from "./sharers.ts";
import { STREAM } from "@stairwell/protocol/stream";
import { deleteOldRefusals } from "../peers/index.ts";
import type { RequestName } from "../receipts/index.ts";
import { findRoom, type StoredRoom } from "../state/index.ts";
import { acceptEagerly } from "./replica/accept-eagerly.ts";
import { askedAgain } from "./replica/asked-again.ts";
import { type Forwarding, forwarding } from "./replica/forwarding-db.ts";
import { Fates } from "./replica/fates.ts";
import type { HubPeer } from "./replica/peer.ts";
import { Recoveries } from "./hub/recoveries.ts";
import { recoverLog } from "./hub/recover-log.ts";
import { fetchRest } from "./replica/fetch-gap.ts";
import type { Gaps } from "./replica/gaps.ts";
import type { Actor } from "../auth/index.ts";
import { chooseBranch, type ChoiceParts } from "./replica/choose-branch.ts";
import { giveBack } from "./replica/give-back.ts";
import { type Fetched, fetchHistory } from "./replica/fetch-history.ts";
import { stayAfterAll, type TellLeaving } from "./replica/leaving.ts";
import { proposeOpening } from "./replica/propose-opening.ts";
import { propose, type ProposeParts } from "./replica/propose.ts";
import { findDelivery, sendAgain } from "./rows/deliveries.store.ts";
import { type EagerInvite, listEagerInvites } from "./rows/replicas.store.ts";
import { deleteSettled } from "./rows/proposals.store.ts";
import { takeKnown, takeSequenced } from "./replica/take-sequenced.ts";

export interface SharingParts {
  readonly db: Db;
  readonly log: EventLog;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly timers: Timers;
  /** How nodes that share the store hear of each other, what one of them does for all, and what whoever is at it does. */
  readonly bus: Bus;
  readonly jobs: Lease;
  readonly turns: Turns;
  /** The key of another server by its id, as `PeerKeys.keyFor`. */
  readonly keyFor: (tenantNo: number, serverName: string, keyId: string) => Promise<{ readonly publicKey: string }>;
  readonly keyAt: (tenantNo: number, toldBy: string) => KeyAt;
  readonly get: (tenant: Tenant, serverName: string, target: string) => Promise<Json>;
  readonly post: DeliverParts["post"];
  readonly showTyping: (tenant: Tenant, roomId: RoomId, participant: Fqid, typing: boolean) => Promise<void>;
  /** Tells somebody's devices that what they said was refused. */
  readonly tellRefused: DeliverParts["tellRefused"];
  readonly tellLeaving: TellLeaving;
  /** As `ChoiceParts`. */
  readonly onCut: ChoiceParts["onCut"];
  readonly onFault: (error: unknown, peer?: string) => void;
  /** What is proposed to us costs its authors as it costs our own people. */
  readonly rates: Rates;
}

/** How long it is known by what a settled proposal was asked for: as long as an answer is kept for repeats (AP6). */
const KNOWN_MS = 24 * 3_600_000;
const SWEEP_MS = 10 * 60_000;
/** How soon others hear of a new name, and we ask for one. */
const PROFILES_MS = 3000;
const SLICE = 500;
/** Invites of those who accept every one that are tried again in one sweep. */
const EAGER = 100;

/** Rooms that servers share: what others tell us, what we tell them, and what our people ask of other hubs. */
export class Sharing {
  readonly #parts: SharingParts;
  readonly #fates: Fates;
  readonly #gaps: Gaps = new Map();
  readonly #senders: Senders;
  readonly #sweep: Loop;
  readonly #recoveries: Recoveries;
  readonly #profiles: Loop;
  /** The last invite that was tried again. */
  #eagerAfter: EagerInvite | undefined;
  /** How commands in rooms of other hubs are carried out. */
  readonly commands: Forwarding = {
    propose: (command) => propose(this.#proposals(), command),
    again: (tenantNo, repeat) => askedAgain(this.#proposals(), tenantNo, repeat),
    stay: (leaving) => stayAfterAll(this.#parts, leaving),
  };

  constructor(parts: SharingParts) {
    this.#parts = parts;
    this.#fates = new Fates(parts.timers, parts.bus);
    this.#senders = new Senders({
      ...parts,
      fates: this.#fates,
      takeSequenced: (tenant, serverName, result, opened) =>
        takeSequenced(this.#replicas(), this.#peer({ tenant, serverName }), result, opened),
      takeKnown: (tenant, serverName, result, asked) =>
        takeKnown(this.#replicas(), this.#peer({ tenant, serverName }), result, asked),
    });
    this.#sweep = everyHeld(
      parts.jobs,
      SWEEP_MS,
      (db, signal) => this.#forget(db, signal),
      parts.onFault,
      parts.timers,
    );
    this.#recoveries = new Recoveries({
      ...parts,
      recover: (tenant, at) =>
        at.hub === tenant.serverName
          ? (serverName) => recoverLog(this.#parts, tenant, at, serverName)
          : (serverName) => fetchRest(this.#replicas(), this.#peer({ tenant, serverName }), at),
      wake: (tenantNo) => this.#senders.wake(tenantNo),
    });
    this.#profiles = everyHeld(
      parts.jobs,
      PROFILES_MS,
      async (db, signal) => {
        await tellProfiles(db, (tenantNo) => this.wake(tenantNo), signal);
        await seekProfiles(db, parts, signal);
      },
      parts.onFault,
      parts.timers,
    );
  }

  /** Takes a batch of another server's; a result each. `within`: the store as it is written to on that server's behalf. */
  take(from: PeerRequest, items: readonly Json[], within: (db: Db) => Db): Promise<ItemResult[]> {
    const { showTyping } = this.#parts;
    this.#senders.heard(from.tenant.tenantNo, from.serverName);
    return takeItems(
      {
        ...this.#replicas(),
        db: admitting(within(this.#parts.db), from),
        showTyping: ({ tenant }, roomId, participant, typing) => showTyping(tenant, roomId, participant, typing),
      },
      this.#peer(from),
      items,
    );
  }

  async backfill(from: PeerRequest, roomId: string, range: Range): Promise<Backfill> {
    const { tenantNo } = from.tenant;
    const stored = await findRoom(this.#parts.db, tenantNo, roomId);
    if (stored?.hub === from.serverName) {
      return this.#parts.db.snapshot((reader) => giveBack(reader, stored, range));
    }
    const answer = await backfill(this.#parts.db, from, roomId, range, this.#parts.clock.now());
    if (stored !== undefined && range.after !== undefined) await this.#unpark(from, stored);
    return answer;
  }

  /** Who asks for what comes next of a room takes it by now: it does not wait for that any longer. */
  async #unpark({ tenant, serverName }: PeerRequest, at: StoredRoom): Promise<void> {
    const { db } = this.#parts;
    if (((await findDelivery(db, at, serverName))?.tries ?? 0) === 0) return;
    await db.write({ tenantNo: tenant.tenantNo }, (tx) => sendAgain(tx, at, serverName));
    this.wake(tenant.tenantNo);
  }

  /** Who is in a room, or, with a `position`, was as of the state that was handed over; a page after somebody. */
  members(from: PeerRequest, roomId: string, { position, after }: MembersQuery): Promise<object> {
    const { db } = this.#parts;
    return position === undefined
      ? sharedMembers(db, from, roomId, after)
      : handedMembersPage(db, from, roomId, { position, after });
  }

  /** Asks another server for a direct room of one of ours and one of its people; as `proposeOpening`. */
  proposeDm(tenant: Tenant, opener: Participant, other: Fqid, request: RequestName | undefined): Promise<boolean> {
    return proposeOpening(this.#proposals(), tenant, opener, other, request);
  }

  /** As `chooseBranch`. */
  chooseBranch(actor: Actor, roomId: string, headHash: string): Promise<void> {
    const { tenant } = actor;
    return chooseBranch(this.#replicas(), (serverName) => this.#peer({ tenant, serverName }), actor, roomId, headHash);
  }

  /** As `fetchHistory`. */
  fetchHistory(tenant: Tenant, roomId: string, limit: number): Promise<Fetched> {
    return fetchHistory(this.#replicas(), tenant, roomId, limit);
  }

  /** Asks another server for something; as `SharingParts.get`. */
  get(tenant: Tenant, serverName: string, target: string): Promise<Json> {
    return this.#parts.get(tenant, serverName, target);
  }

  /** Tells those who share a room that somebody of ours is typing there: once, and not whoever cannot be reached now. */
  tellTyping(tenant: Tenant, at: StoredRoom, participant: Fqid, typing: boolean): void {
    const { db, post, onFault } = this.#parts;
    const item = JSON.stringify({ type: "typing", room_id: at.roomId, participant, typing });
    const tell = async (): Promise<void> => {
      for (const serverName of await sharersOf(db, tenant, at)) {
        if (!this.#senders.isFailing(tenant.tenantNo, serverName)) await post(tenant, serverName, [item]);
      }
    };
    tell().catch(onFault);
  }

  /** A shared room of a tenant has changed. */
  wake(tenantNo: number): void {
    this.#senders.wake(tenantNo);
  }

  async stop(): Promise<void> {
    const others = [this.#sweep.stop(), this.#profiles.stop(), this.#recoveries.stop()];
    await Promise.all([this.#senders.stop(), ...others]);
  }

  async #forget(db: Db, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const gone = await db.write("deployment", (tx) => deleteSettled(tx, clock.now() - KNOWN_MS, SLICE));
      if (gone < SLICE) break;
    }
    while (!signal.aborted) {
      const gone = await db.write("deployment", (tx) => deleteOldRefusals(tx, clock.now() - STREAM.resumeMs, SLICE));
      if (gone < SLICE) break;
    }
    const invites = await listEagerInvites(db, this.#eagerAfter, EAGER);
    this.#eagerAfter = invites.at(-1);
    for (const { tenantNo, participantNo, roomId } of invites) {
      const tenant = await findTenant(db, tenantNo);
      const who = await findByNo(db, tenantNo, participantNo);
      if (tenant !== undefined && who !== undefined) this.#eager(tenant, who, roomId);
    }
  }

  #proposals(): ProposeParts {
    const hurry = (tenant: Tenant, serverName: string) => this.#senders.hurry(tenant, serverName);
    return { ...this.#parts, fates: this.#fates, hurry };
  }

  #replicas() {
    return { ...this.#parts, fates: this.#fates, gaps: this.#gaps, eager: this.#eager };
  }

  /** Bots join at once; one whose room's server is away then is tried again with the sweep. */
  readonly #eager = (tenant: Tenant, who: Participant, roomId: RoomId): void => {
    const db = forwarding(this.#parts.db, this.commands);
    acceptEagerly({ db, log: this.#parts.log }, tenant, who, roomId).catch(this.#parts.onFault);
  };

  #peer({ tenant, serverName }: Pick<PeerRequest, "tenant" | "serverName">): HubPeer {
    return { tenant, serverName, keyOf: (keyId) => this.#parts.keyFor(tenant.tenantNo, serverName, keyId) };
  }
}
