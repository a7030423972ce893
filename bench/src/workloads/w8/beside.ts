import type { Stand } from "../../contenders/stand.ts";
import type { ServerProcess } from "../../contenders/server-process.ts";
import type { Seated } from "../../load/load-process.ts";
import type { CrowdOutcome } from "../../load/stream/plan.ts";
import { quantile } from "../../measure/spread.ts";
import type { Sample } from "../../report/report.ts";
import { SentLedger } from "../../verify/sent-ledger.ts";
import { prepareRooms } from "../prepare.ts";

/** People who talk beside it, each in a room of their own. */
export const TALKERS = 20;
const SENDS_PER_SECOND = 100;
/** Of one of the runs that are put together. */
const STEP_SECONDS = 5;

/** Rooms of people who talk while something large goes on. */
export interface Talkers {
  readonly tokens: readonly string[];
  readonly ledger: SentLedger;
  readonly rooms: readonly string[];
}

export async function prepareTalkers(
  { load }: Stand,
  instance: ServerProcess & { tokens: string[]; folder: string },
  tokens: string[],
): Promise<Talkers> {
  const rooms = await prepareRooms(load, instance, tokens, "group");
  const opened = rooms.map((id, n) => ({ id, token: tokens[n]! }));
  return { tokens, rooms, ledger: await SentLedger.open(instance.address, opened) };
}

/** Sends at a fixed pace, for as long as something else takes. */
export class Beside {
  readonly #seated: Seated;
  readonly #ledger: SentLedger;

  private constructor(seated: Seated, ledger: SentLedger) {
    this.#seated = seated;
    this.#ledger = ledger;
  }

  /** Seats the talkers at a server that was started on their folder. */
  static async seat({ load }: Stand, { address }: ServerProcess, talkers: Talkers): Promise<Beside> {
    const ledger = talkers.ledger.movedTo(address);
    const rooms = talkers.rooms.map((id, n) => ({ id, head: ledger.heads[n]! }));
    const seats = talkers.tokens.map((token, room) => ({ token, room }));
    return new Beside(await load.seat(address, { rooms, seats }), ledger);
  }

  /** Talks until this settles, and at least once. */
  async during<T>(work: Promise<T>): Promise<{ sends: Sample; result: T }> {
    let isOver = false;
    const ending = work.finally(() => (isOver = true));
    // It is awaited below; until then nobody may miss its fault.
    ending.catch(() => {});
    const outcomes: CrowdOutcome[] = [];
    const senders = Array.from({ length: TALKERS }, (_, n) => n);
    const plan = { senders, pace: { sendsPerSecond: SENDS_PER_SECOND }, seconds: STEP_SECONDS };
    do outcomes.push(await this.#seated.run(plan));
    while (!isOver);
    const result = await ending;
    return { result, sends: await this.#sampleOf(outcomes) };
  }

  leave(): Promise<void> {
    return this.#seated.leave();
  }

  async #sampleOf(outcomes: readonly CrowdOutcome[]): Promise<Sample> {
    const sorted = Float64Array.from(outcomes.flatMap(({ sendingMs }) => [...sendingMs])).sort();
    const receipts = outcomes.flatMap((outcome) => outcome.receipts);
    return {
      figure: sorted.length / outcomes.reduce((sum, { seconds }) => sum + seconds, 0),
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      cpuMicrosPerUnit: null,
      surroundings: null,
      faults: [...outcomes.flatMap(({ faults }) => faults), ...(await this.#ledger.check(receipts))],
    };
  }
}
