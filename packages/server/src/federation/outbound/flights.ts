import type { Addressed } from "./compose.ts";
import type { Delivered } from "./deliver.ts";

interface Flight {
  /** The last position of each room that it tells. */
  readonly ends: ReadonlyMap<number, number>;
  isUnderWay: boolean;
  /** Neither rejects. */
  landed: Promise<void>;
  noted: Promise<void>;
}

/**
 * Requests under way to one server, no two of them with parts of one room's log: what a room is told comes in its order. And
 * those that were taken, and of which that is not noted yet. At the worst they are sent again, and recognised.
 */
export class Flights {
  readonly #flights = new Set<Flight>();
  #fault: { readonly error: unknown } | undefined;
  #unfinished = 0;

  /** How many were not taken as they were sent: what was composed to come after them is to be composed anew. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** How far rooms are told, where that is further than is noted. */
  told(): ReadonlyMap<number, number> {
    const told = new Map<number, number>();
    for (const { ends } of this.#flights) {
      for (const [roomNo, end] of ends) told.set(roomNo, Math.max(end, told.get(roomNo) ?? 0));
    }
    return told;
  }

  start(batch: readonly Addressed[], sending: Promise<Delivered | undefined>): void {
    const [landed, noted] = [Promise.resolve(), Promise.resolve()];
    const flight: Flight = { ends: endsOf(batch), isUnderWay: true, landed, noted };
    this.#flights.add(flight);
    const failed = (error: unknown): void => {
      this.#fault ??= { error };
    };
    flight.landed = sending.then(
      (delivered) => {
        if (delivered?.isWhole !== true) return this.#leaveUnfinished(flight);
        flight.isUnderWay = false;
        flight.noted = delivered.noting.catch(failed).then(() => void this.#flights.delete(flight));
      },
      (error: unknown) => {
        failed(error);
        this.#leaveUnfinished(flight);
      },
    );
  }

  /** Waits until fewer than `most` are under way, none with a room of the batch. Throws what one has failed by. */
  async placeFor(batch: readonly Addressed[], most: number): Promise<void> {
    const rooms = [...endsOf(batch).keys()];
    for (;;) {
      const underWay = this.#underWay();
      const isFree = !underWay.some(({ ends }) => rooms.some((roomNo) => ends.has(roomNo)));
      if (isFree && underWay.length < most) return;
      await Promise.race(underWay.map(({ landed }) => landed));
    }
  }

  /** Waits until one has landed; false where none is under way. Throws as `placeFor`. */
  async oneLands(): Promise<boolean> {
    const underWay = this.#underWay();
    if (underWay.length === 0) return false;
    await Promise.race(underWay.map(({ landed }) => landed));
    return true;
  }

  /** Waits until none is under way. Throws as `placeFor`. */
  async allLand(): Promise<void> {
    while (await this.oneLands());
  }

  /** Settles when all have landed, well or not, and what came of them is noted. */
  async over(): Promise<void> {
    for (const flight of this.#flights) {
      await flight.landed;
      await flight.noted;
    }
  }

  #leaveUnfinished(flight: Flight): void {
    flight.isUnderWay = false;
    this.#unfinished++;
    this.#flights.delete(flight);
  }

  #underWay(): Flight[] {
    if (this.#fault !== undefined) throw this.#fault.error;
    return [...this.#flights].filter(({ isUnderWay }) => isUnderWay);
  }
}

function endsOf(batch: readonly Addressed[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  for (const each of batch) {
    if (each.kind !== "event") continue;
    ends.set(each.roomNo, Math.max(ends.get(each.roomNo) ?? 0, each.position));
  }
  return ends;
}
