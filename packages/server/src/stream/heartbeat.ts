import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import type { Session } from "./session.ts";

/** Streams are pinged a slice at a time, so that ten thousand do not answer at once. */
const SLICES = 30;

/** Pings every stream each 30 s; ends those that left two pings unanswered, and those whose credential has ended. */
export class Heartbeat {
  readonly #sessions: ReadonlySet<Session>;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #slices = new WeakMap<Session, number>();
  #turn = 0;
  #next = 0;

  constructor(sessions: ReadonlySet<Session>, now: () => number) {
    this.#sessions = sessions;
    this.#now = now;
    this.#timer = setInterval(() => this.beat(), STREAM.heartbeatMs / SLICES).unref();
  }

  /** One slice's turn. */
  beat(): void {
    const now = this.#now();
    for (const session of this.#sessions) {
      if (session.actor.expiresAt <= now) {
        session.close(CLOSE.credential, "the credential has expired");
        continue;
      }
      let slice = this.#slices.get(session);
      if (slice === undefined) this.#slices.set(session, (slice = this.#next++ % SLICES));
      if (slice !== this.#turn) continue;
      if (session.unanswered >= 2) session.close(CLOSE.silent, "two pings were not answered");
      else {
        session.unanswered++;
        session.ws.ping();
      }
    }
    this.#turn = (this.#turn + 1) % SLICES;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
