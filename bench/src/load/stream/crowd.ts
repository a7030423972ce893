import type { Address } from "../plan.ts";
import { StreamConnection } from "./connection.ts";
import { CrowdTally } from "./crowd-tally.ts";
import { EventReader, roomMark } from "./event-reader.ts";
import { Member } from "./member.ts";
import type { Around } from "./member.ts";
import type { Crowd, CrowdOutcome, CrowdPlan } from "./plan.ts";

/** Streams being opened at once: fewer than a listening socket keeps waiting. */
const OPENING = 128;
/** What is due comes within this time after the last send, or is missing. */
const SETTLE_MS = 15_000;
const LOOK_MS = 5;
/** Makes every stamp thirteen digits, so that frames have one length. */
const STAMP_BASE = 1e12;
/** Prime: readers of one moment sit in different rooms. */
const READER_STRIDE = 7919;

/** A crowd that sits at its streams. */
export class SeatedCrowd implements Around {
  tally = new CrowdTally([]);
  readonly events = new EventReader();
  readonly acks = new EventReader();
  readonly #members: Member[];
  /** Streams that ended: from then on every run of this crowd is void. */
  readonly #lost: string[] = [];
  #stamped = 0;

  private constructor({ rooms, seats }: Crowd) {
    const now = rooms.map(({ id, head }) => ({ id, mark: roomMark(id), head, newestAck: undefined }));
    this.#members = seats.map(({ room }) => new Member(this, now[room]!, room));
  }

  /** Opens all streams; throws when one is refused. */
  static async seat(address: Address, crowd: Crowd): Promise<SeatedCrowd> {
    const seated = new SeatedCrowd(crowd);
    const waiting = seated.#members.entries();
    async function seatSome(): Promise<void> {
      for (const [n, member] of waiting) {
        member.connection = await StreamConnection.open(address, crowd.seats[n]!.token, n, member);
      }
    }
    await Promise.all(Array.from({ length: OPENING }, seatSome));
    return seated;
  }

  stamp(): number {
    const now = STAMP_BASE + Math.round(performance.now() * 1000);
    return (this.#stamped = Math.max(now, this.#stamped + 1));
  }

  since(stamp: number): number {
    const now = performance.now();
    this.tally.lastAt = now;
    return now - (stamp - STAMP_BASE) / 1000;
  }

  lost(why: string): void {
    this.#lost.push(why);
    this.tally.fault(why);
  }

  /** Plays the plan, waits for all that is due, and says what was missing. */
  async run(plan: CrowdPlan): Promise<CrowdOutcome> {
    const tally = (this.tally = new CrowdTally(this.#lost));
    const cpu = process.cpuUsage();
    const started = performance.now();
    if ("window" in plan.pace) await this.#loop(plan, plan.pace.window, started);
    else await this.#pace(plan, plan.pace, started);
    const ended = await this.#settle();
    const used = process.cpuUsage(cpu);
    return tally.outcome((ended - started) / 1000, (used.user + used.system) / 1e6);
  }

  leave(): void {
    for (const { connection } of this.#members) connection?.close();
  }

  async #loop({ senders, seconds }: CrowdPlan, window: number, started: number): Promise<void> {
    const deadline = started + seconds * 1000;
    const members = senders.map((seat) => this.#members[seat]!);
    for (const member of members) {
      member.afterRead = () => {
        while (member.underWay.size < window && performance.now() < deadline) member.send();
      };
      member.read();
    }
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    for (const member of members) member.afterRead = undefined;
  }

  #pace(
    { senders, seconds }: CrowdPlan,
    { sendsPerSecond, readsPerSecond = 0 }: { sendsPerSecond: number; readsPerSecond?: number },
    started: number,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let sends = 0;
    let reads = 0;
    const tick = (): void => {
      // What was due by the end is done, however late this comes.
      const elapsed = Math.min(seconds, (performance.now() - started) / 1000);
      for (; sends < elapsed * sendsPerSecond; sends++) {
        const member = this.#members[senders[sends % senders.length]!]!;
        member.send();
        member.connection!.flush();
      }
      for (; reads < elapsed * readsPerSecond; reads++) {
        const member = this.#members[(reads * READER_STRIDE) % this.#members.length]!;
        if (member.markRead()) this.tally.readsAsked++;
        member.connection!.flush();
      }
      if (elapsed === seconds) return resolve();
      setTimeout(tick, 1);
    };
    tick();
    return promise;
  }

  /** Resolves with the time of the last thing that came, once nothing is due or the wait is over. */
  async #settle(): Promise<number> {
    const { tally } = this;
    const until = performance.now() + SETTLE_MS;
    let late = this.#late();
    while ((late.length > 0 || tally.reading.count < tally.readsAsked) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      late = this.#late();
    }
    for (const { room, position, underWay } of late) {
      tally.fault(
        `${room.id}: ${room.head} is acknowledged, somebody is at ${position}, ${underWay.size} sends are open`,
      );
    }
    if (tally.readsAsked !== tally.reading.count) {
      tally.fault(`${tally.readsAsked} reads were asked and ${tally.reading.count} acknowledged`);
    }
    return tally.lastAt;
  }

  #late(): Member[] {
    return this.#members.filter(({ underWay, position, room }) => underWay.size > 0 || position !== room.head);
  }
}
