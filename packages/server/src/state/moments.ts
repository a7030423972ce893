import { ByHold, type Tx } from "../db/index.ts";
import { endOf, findPlaceAt, type Head, listRoomsAfter, type Place } from "../events/index.ts";
import { Lru } from "../lib/lru.ts";

/** Up to which event what is remembered of a tenant's rooms is so. */
export interface Moment {
  place: Place;
  /** Who held the tenant when that was found, or went on from there. */
  hold: Tx["hold"];
}

const TENANTS = 1000;
/** After more events than this, asking for each room costs less than finding out which of them changed. */
const MOST_PASSED = 2000;

/**
 * Finds out once a hold of a tenant what of its rooms is remembered rightly, whoever wrote meanwhile and on whichever node.
 *
 * Sequences are in the order of commits, and an event's hash stands for all of its log. So where a tenant's log ends with the
 * event that this was left at, nothing was written since, and what this process appended last was committed; where it goes
 * on from there, the log says which rooms have changed. Where that event is not in it, a transaction was undone or a store
 * put in another's place, and a new moment begins.
 */
export class Moments {
  readonly #forget: (tenantNo: number, roomNos: ReadonlySet<number>) => void;
  readonly #moments = new Lru<number, Moment>(TENANTS);
  readonly #asked = new ByHold<Promise<Moment | undefined>>();

  /** `forget` is told of rooms that others have written to. */
  constructor(forget: (tenantNo: number, roomNos: ReadonlySet<number>) => void) {
    this.#forget = forget;
  }

  /** The present moment, under this hold: what was remembered by it is so. Undefined where nothing was ever appended. */
  under(tx: Tx, tenantNo: number): Promise<Moment | undefined> {
    const known = this.#asked.get(tx, tenantNo);
    if (known !== undefined) return known;
    const moment = this.#catchUp(tx, tenantNo);
    this.#asked.set(tx, tenantNo, moment);
    return moment;
  }

  /** Goes on to an event that was appended or seen under this hold; false where the moment is another hold's by now. */
  goOn(tx: Tx, tenantNo: number, { seq, hash }: Pick<Head, "seq" | "hash">): boolean {
    const moment = this.#moments.get(tenantNo);
    if (moment?.hold !== tx.hold) return false;
    if (seq > moment.place.seq) moment.place = { seq, hash };
    return true;
  }

  async #catchUp(tx: Tx, tenantNo: number): Promise<Moment | undefined> {
    const { newest } = await endOf(tx, tenantNo);
    const known = this.#moments.get(tenantNo);
    if (newest === undefined) return undefined;
    if (known !== undefined && (await this.#leadsTo(tx, tenantNo, known, newest))) {
      known.place = newest;
      known.hold = tx.hold;
      return known;
    }
    const moment = { place: newest, hold: tx.hold };
    this.#moments.set(tenantNo, moment);
    return moment;
  }

  /** Whether the log goes on from a moment; rooms that have changed since are forgotten. */
  async #leadsTo(tx: Tx, tenantNo: number, known: Moment, newest: Place): Promise<boolean> {
    const { place } = known;
    if (newest.seq === place.seq) return newest.hash === place.hash;
    if (newest.seq < place.seq || newest.seq - place.seq > MOST_PASSED) return false;
    const [at, changed] = await Promise.all([
      findPlaceAt(tx, tenantNo, place.seq),
      listRoomsAfter(tx, tenantNo, place.seq, newest.seq),
    ]);
    if (at?.hash !== place.hash || known.place !== place) return false;
    this.#forget(tenantNo, new Set(changed));
    return true;
  }
}
