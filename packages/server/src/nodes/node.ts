import type { Bus } from "../bus/index.ts";
import type { Db } from "../db/index.ts";
import { deleteOldChanges } from "./changes.store.ts";
import { type Holds, holdsOf, OWN_HOLDS } from "./holds.ts";
import { everyHeld } from "./job.ts";
import { type Lease, ownLease } from "./lease.ts";
import { Membership } from "./membership.ts";
import { OwnPlaces, type Places, SharedPlaces } from "./places.ts";
import { NO_TENANT } from "./scope.ts";
import { OWN_TURNS, type Turns, turnsOf } from "./turns.ts";

/** What this process is among those that share its store. */
export interface Node {
  /** Held by the node that does for all what is to be done once. */
  readonly jobs: Lease;
  readonly holds: Holds;
  /** What whichever node is at it does, one at a time. */
  readonly turns: Turns;
  readonly places: Places;
  /** How many there are, with this one. */
  countNodes(): number;
  close(): Promise<void>;
}

const JOBS = "jobs";
const SWEEP_MS = 10 * 60 * 1000;
/** Every node has read a change that old, or is none any more. */
const KEPT_MS = 60 * 60 * 1000;

/** Joins the nodes that share the store; of a store that nobody else uses there is nothing to join. */
export async function joinNodes(
  { db, bus, now }: { db: Db; bus: Bus; now: () => number },
  onError: (error: unknown) => void,
): Promise<Node> {
  if (!bus.hasOthers) {
    const alone = { holds: OWN_HOLDS, turns: OWN_TURNS, places: new OwnPlaces() };
    return { jobs: ownLease(db), ...alone, countNodes: () => 1, async close() {} };
  }
  // At once: what is to be done is not to wait for the first beat.
  const membership = await Membership.join(db, [JOBS], onError);
  const jobs = membership.keep(JOBS);
  const places = new SharedPlaces(db, membership.nodeId, onError);
  const sweep = everyHeld(
    jobs,
    SWEEP_MS,
    async (fenced) => void (await fenced.write(NO_TENANT, (tx) => deleteOldChanges(tx, now() - KEPT_MS))),
    onError,
  );
  return {
    jobs,
    holds: holdsOf(membership.nodeId),
    turns: turnsOf(db, membership.nodeId),
    places,
    countNodes: () => membership.size,
    async close() {
      await sweep.stop();
      await places.stop();
      // Of a store that is gone the others find out by themselves.
      await membership.close().catch(onError);
    },
  };
}
