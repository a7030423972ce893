import { openConnection } from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { Address, Outcome, Plan } from "./plan.ts";
import { requestBytes } from "./request-bytes.ts";
import { Tally } from "./tally.ts";

/** A broken server must not be asked for ever. */
const MOST_FAULTS = 50;

/** Runs the plan; resolves when every request begun has its answer. A lost connection ends its loop as a fault. */
export async function runClosedLoop(address: Address, plan: Plan): Promise<Outcome> {
  const tally = new Tally(plan.keepReceipts === true);
  const supply = new Supply(plan);
  const requests = plan.asks.map((ask) => requestBytes(ask, address));

  function converse(connection: Connection, loop: number, ended: () => void): void {
    function next(): void {
      const taken = tally.faults.length < MOST_FAULTS ? supply.take(loop) : null;
      if (taken === null) return ended();
      request(taken.ask, taken.n, null);
    }
    function request(ask: number, n: number, query: string | null): void {
      const asked = performance.now();
      connection.ask(requests[ask]!.fill(n, query), (status, body) => {
        tally.answer(ask, performance.now() - asked, status === plan.asks[ask]!.expect, status, body);
        const cursor = plan.follow === undefined ? null : nextCursor(body);
        if (cursor !== null && !supply.isOver()) return request(ask, n, `${plan.follow}=${cursor}`);
        tally.asks++;
        next();
      });
    }
    next();
  }

  const ends: Promise<void>[] = [];
  const starts: (() => void)[] = [];
  for (let loop = 0; loop < plan.connections; loop++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const connection = await openConnection(address, (error) => {
      tally.faults.push(error.message);
      resolve();
    });
    ends.push(promise.then(() => connection.close()));
    starts.push(() => converse(connection, loop, resolve));
  }
  const cpu = process.cpuUsage();
  const started = performance.now();
  supply.start();
  for (const start of starts) start();
  await Promise.all(ends);
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  return tally.outcome(seconds, (used.user + used.system) / 1e6);
}

/** Deals out asks until the plan's time or number is spent. */
class Supply {
  readonly #plan: Plan;
  #given = 0;
  #deadline = Infinity;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  start(): void {
    if ("seconds" in this.#plan.stop) this.#deadline = performance.now() + this.#plan.stop.seconds * 1000;
  }

  isOver(): boolean {
    return performance.now() >= this.#deadline;
  }

  take(loop: number): { ask: number; n: number } | null {
    const { asks, share, stop } = this.#plan;
    if (this.isOver() || ("asks" in stop && this.#given >= stop.asks)) return null;
    const n = this.#given++;
    return { ask: (share === "own" ? loop : n) % asks.length, n };
  }
}

/** Reads `meta.next_cursor` without parsing a page of 50; null at the end of the list. */
function nextCursor(body: Buffer): string | null {
  const key = '"next_cursor":"';
  const at = body.lastIndexOf(key);
  if (at === -1) return null;
  const start = at + key.length;
  return encodeURIComponent(body.toString("latin1", start, body.indexOf('"', start)));
}
