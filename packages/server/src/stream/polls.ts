import { StairwellError } from "@stairwell/protocol";
import { STREAM } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import type { Caller } from "../http/endpoint.ts";
import type { Hub } from "./hub.ts";
import type { Receiver } from "./listener.ts";

/** A long poll that waits: woken by an event, and for good when its time is over or nobody waits for the answer. */
export class Poll implements Receiver {
  readonly actor: Actor;
  #newest = 0;
  #isOver = false;
  #isToLook = false;
  #wake: () => void = () => {};

  constructor(actor: Actor) {
    this.actor = actor;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Settles when an event after `seq` was delivered, something else is on record, or the poll is over. */
  async woken(seq: number): Promise<void> {
    while (!this.#isOver && !this.#isToLook && this.#newest <= seq)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isToLook = false;
  }

  readonly end = (): void => {
    this.#isOver = true;
    this.#wake();
  };

  event(seq: number): void {
    this.#newest = seq;
    this.#wake();
  }

  note(): void {}

  lookAgain(): void {
    this.#isToLook = true;
    this.#wake();
  }

  fail(): void {
    this.end();
  }
}

/** The long polls that wait. */
export class Polls {
  readonly #hub: Hub;
  readonly #waiting = new Set<Poll>();
  #isStopping = false;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Does `work` with a poll that is told of the caller's events. `SW_RATE_LIMIT_EXCEEDED` for too many of one person. */
  async during<T>(actor: Actor, caller: Caller, timeoutMs: number, work: (poll: Poll) => Promise<T>): Promise<T> {
    const { tenant, participantNo, participantId } = actor;
    const own = this.#hub.find(tenant.tenantNo, participantNo)?.receivers ?? [];
    if ([...own].filter((receiver) => receiver instanceof Poll).length >= STREAM.pollsAPerson) {
      throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: 10 });
    }
    const poll = new Poll(actor);
    const timer = setTimeout(poll.end, timeoutMs);
    caller.once("close", poll.end);
    this.#waiting.add(poll);
    if (this.#isStopping || caller.destroyed) poll.end();
    try {
      const who = { tenantNo: tenant.tenantNo, tenantId: tenant.tenantId, participantNo, participantId };
      const listener = await this.#hub.attach(who, poll);
      return await work(poll).finally(() => this.#hub.detach(listener, poll));
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(poll);
    }
  }

  /** A person's or a tenant's standing changed: their polls are answered, if they still may be. */
  recheck(tenantNo: number, participantNo: number | undefined): void {
    for (const poll of this.#waiting) {
      const { actor } = poll;
      if (actor.tenant.tenantNo !== tenantNo) continue;
      if (participantNo === undefined || actor.participantNo === participantNo) poll.end();
    }
  }

  /** All are answered now, and later ones do not wait. */
  stop(): void {
    this.#isStopping = true;
    for (const poll of this.#waiting) poll.end();
  }
}
