import { randomUUID } from "node:crypto";
import type { Db, Tx } from "../db/index.ts";
import { systemClock } from "../lib/clock.ts";
import { every, type Loop } from "../lib/periodic.ts";
import { fenced } from "./fenced.ts";
import type { Lease } from "./lease.ts";
import {
  beatNode,
  deleteNode,
  deleteOwnNode,
  holdsLease,
  insertNode,
  listLeasesOf,
  listNodes,
  type NodeRow,
  takeLease,
} from "./nodes.store.ts";
import { NO_TENANT } from "./scope.ts";

const BEAT_MS = 1000;
/** Who did not beat while another did so often is dead: counted in beats, so that whoever was stopped takes nobody for dead. */
const MISSED = 4;
/** A node that could not beat for so long, in milliseconds, takes itself for dead, before others do. */
const SURE_MS = 3000;

/**
 * The processes that share the store: each beats in a row of its own. Whoever does not is taken off the record by the
 * others within some five seconds, with all that it held. No clock is compared with another's.
 */
export class Membership {
  readonly nodeId = randomUUID();
  readonly #db: Db;
  readonly #kept = new Set<string>();
  #held: ReadonlySet<string> = new Set();
  #seen = new Map<string, { beat: number; missed: number }>();
  #sureUntil = -Infinity;
  #loop: Loop | undefined;

  private constructor(db: Db) {
    this.#db = db;
  }

  /** Settles when this node is on record, and has those leases of `wanted` that nobody else has. */
  static async join(db: Db, wanted: readonly string[], onError: (error: unknown) => void): Promise<Membership> {
    const membership = new Membership(db);
    for (const name of wanted) membership.#kept.add(name);
    await membership.#beat();
    membership.#loop = every(BEAT_MS, () => membership.#beat(), onError);
    return membership;
  }

  /** How many nodes there are, with this one. */
  get size(): number {
    return Math.max(1, this.#seen.size);
  }

  /** Tries to hold a lease for as long as this node lives: whoever asks first has it, and then whoever survives. */
  keep(name: string): Lease {
    this.#kept.add(name);
    const isHeld = (): boolean => this.#held.has(name) && systemClock.monotonic() < this.#sureUntil;
    return {
      get isHeld() {
        return isHeld();
      },
      db: fenced(this.#db, async (tx) => isHeld() && (await holdsLease(tx, name, this.nodeId))),
    };
  }

  /** Goes off the record, so that nobody waits for this node. */
  async close(): Promise<void> {
    await this.#loop?.stop();
    this.#held = new Set();
    await this.#db.write(NO_TENANT, (tx) => deleteOwnNode(tx, this.nodeId));
  }

  async #beat(): Promise<void> {
    const startedAt = systemClock.monotonic();
    const { nodes, held } = await this.#db.write(NO_TENANT, (tx) => this.#beatIn(tx));
    this.#sureUntil = startedAt + SURE_MS;
    this.#held = new Set(held);
    const seen = new Map<string, { beat: number; missed: number }>();
    for (const { nodeId, beat } of nodes) {
      const before = this.#seen.get(nodeId);
      seen.set(nodeId, { beat, missed: before?.beat === beat ? before.missed + 1 : 0 });
    }
    this.#seen = seen;
  }

  async #beatIn(tx: Tx): Promise<{ nodes: NodeRow[]; held: string[] }> {
    // Whoever was taken for dead begins anew, and has lost what it held.
    if (!(await beatNode(tx, this.nodeId))) await insertNode(tx, this.nodeId);
    for (const node of await listNodes(tx)) if (this.#isDead(node)) await deleteNode(tx, node);
    for (const name of this.#kept) await takeLease(tx, name, this.nodeId);
    return { nodes: await listNodes(tx), held: await listLeasesOf(tx, this.nodeId) };
  }

  #isDead({ nodeId, beat }: NodeRow): boolean {
    const seen = this.#seen.get(nodeId);
    return nodeId !== this.nodeId && seen?.beat === beat && seen.missed >= MISSED;
  }
}
