import { decide } from "@stairwell/protocol/room";
import type { Actor, ActorCache } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { type Lease, LeaseLostError } from "../nodes/index.ts";
import {
  advanceDeactivation,
  type Deactivation,
  endDeactivation,
  findByNo,
  listDeactivations,
  type Participant,
} from "../participants/index.ts";
import { carryOut, factsOf, findRoomByNo, listInvitesBy, listRoomNosOf, type StoredRoom } from "../state/index.ts";
import { findTenant, type Tenant } from "../tenants/index.ts";

/** Rooms that are left at once: they share a write group with whatever else waits. */
const SLICE = 25;
/** Invites that are taken back in one transaction. */
const INVITES = 100;
/** What failed is tried again after so many milliseconds. */
const RETRY_MS = 30_000;

export interface DepartureParts {
  log: Log;
  actors: ActorCache;
  /** Who holds it leaves rooms for all nodes. */
  lease: Lease;
  /** Takes somebody out of a room of another server, which is told. */
  resign: (tx: Tx, at: StoredRoom, leaver: Actor) => Promise<unknown>;
  onFault: (error: unknown) => void;
}

/**
 * Takes those who were deactivated out of their rooms, room by room (AU9). What is still to do stands in rows, so that
 * a crash costs nothing but the slice under way, and doing a room again changes nothing.
 */
export class Departures {
  readonly #parts: DepartureParts;
  #running: Promise<void> | undefined;
  #isAwaited = false;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(parts: DepartureParts) {
    this.#parts = parts;
    // Every door that deactivates announces it so, after its commit.
    parts.actors.watch((_, participantNo) => {
      if (participantNo !== undefined) this.wake();
    });
  }

  /** Looks whether there is something to do. */
  wake(): void {
    this.#isAwaited = true;
    if (!this.#isStopped && this.#parts.lease.isHeld) this.#running ??= this.#run();
  }

  /** Ends after the slice under way; the rest is done by the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isAwaited && !this.#isStopped) {
      this.#isAwaited = false;
      try {
        for (const due of await listDeactivations(this.#parts.lease.db)) await this.#leaveAll(due);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#running = undefined;
  }

  /** One person's failure must not keep others in their rooms. */
  async #leaveAll(due: Deactivation): Promise<void> {
    try {
      let rest: Deactivation | undefined = due;
      while (rest !== undefined && !this.#isStopped) rest = await this.#leaveSome(rest);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Leaves the next rooms; answers what is left to do, if anything. */
  async #leaveSome(due: Deactivation): Promise<Deactivation | undefined> {
    const { db } = this.#parts.lease;
    const { tenantNo, participantNo, doneRoomNo } = due;
    const rooms = await listRoomNosOf(db, tenantNo, participantNo, doneRoomNo, SLICE);
    if (rooms.length === 0) {
      await db.write({ tenantNo }, (tx) => endDeactivation(tx, due));
      return undefined;
    }
    const who = (await findByNo(db, tenantNo, participantNo))!;
    const leaver = actorOf((await findTenant(db, tenantNo))!, who);
    await Promise.all(rooms.map((roomNo) => this.#leave(leaver, roomNo)));
    const rest = { ...due, doneRoomNo: rooms.at(-1)! };
    await db.write({ tenantNo }, (tx) => advanceDeactivation(tx, rest));
    return rest;
  }

  async #leave(leaver: Actor, roomNo: number): Promise<void> {
    while (!(await this.#parts.lease.db.write(leaver.tenant, (tx) => this.#step(tx, leaver, roomNo))));
  }

  /** Takes back some of the person's invites, or goes when there are none; answers whether they have gone. */
  async #step(tx: Tx, leaver: Actor, roomNo: number): Promise<boolean> {
    const stored = (await findRoomByNo(tx, leaver.tenant.tenantNo, roomNo))!;
    if (stored.hub !== leaver.tenant.serverName) {
      await this.#parts.resign(tx, stored, leaver);
      return true;
    }
    const found = await factsOf(tx, leaver, tx.now, stored, { heirWithout: "actor" });
    const invitees = stored.room.invitedCount === 0 ? [] : await listInvitesBy(tx, stored, leaver.fqid, INVITES);
    const isLast = invitees.length === 0;
    const command = isLast ? ({ kind: "deactivate" } as const) : ({ kind: "withdraw", invitees } as const);
    await carryOut(tx, this.#parts.log, found, decide(found.facts, command));
    return isLast;
  }

  #failed(error: unknown): void {
    if (!(error instanceof LeaseLostError)) this.#parts.onFault(error);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.wake(), RETRY_MS);
    this.#retry.unref();
  }
}

/** The person in whose place the server acts; with no scope, as they can act no more. */
function actorOf(tenant: Tenant, who: Participant): Actor {
  const { participantNo, participantId, localId, fqid, participantType } = who;
  const credential = { isAdmin: false, scopes: new Set<never>(), tokenId: null, expiresAt: Infinity };
  return { tenant, participantNo, participantId, localId, fqid, participantType, ...credential };
}
