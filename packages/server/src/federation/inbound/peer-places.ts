import { StairwellError } from "@stairwell/protocol";

/** Requests under way: of one server to one tenant, and of all together. Each may hold a mebibyte, and as much of an answer. */
const MOST_OF_ONE = 50;
const MOST_OF_ALL = 400;

/** A place that a request holds until both its connection and the work for it are over. */
export interface PeerPlace {
  /** The work for it has begun: the place is held until it settles, whatever becomes of the connection. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Its connection has gone. */
  closed(): void;
}

/** How many requests of other servers are under way at once, so that nobody fills memory by asking and hanging up. */
export class PeerPlaces {
  readonly #taken = new Map<string, number>();
  #all = 0;

  /** `SW_RATE_LIMIT_EXCEEDED` where a server has as many as it may; `SW_UNAVAILABLE` where all have. */
  take(tenantNo: number, serverName: string): PeerPlace {
    const key = `${tenantNo} ${serverName}`;
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= MOST_OF_ONE) {
      throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
        message: `Your server has ${MOST_OF_ONE} requests under way.`,
        retryAfterSeconds: 1,
      });
    }
    if (this.#all >= MOST_OF_ALL) throw new StairwellError("SW_UNAVAILABLE", { retryAfterSeconds: 1 });
    this.#taken.set(key, taken + 1);
    this.#all++;
    return placeOf(() => this.#giveBack(key));
  }

  #giveBack(key: string): void {
    const left = this.#taken.get(key)! - 1;
    if (left === 0) this.#taken.delete(key);
    else this.#taken.set(key, left);
    this.#all--;
  }
}

function placeOf(giveBack: () => void): PeerPlace {
  let work = 0;
  let [isClosed, isOver] = [false, false];
  const end = (): void => {
    if (isOver || !isClosed || work > 0) return;
    isOver = true;
    giveBack();
  };
  return {
    during<T>(working: Promise<T>): Promise<T> {
      work++;
      return working.finally(() => {
        work--;
        end();
      });
    },
    closed() {
      isClosed = true;
      end();
    },
  };
}
