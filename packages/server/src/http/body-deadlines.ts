import type { IncomingMessage } from "node:http";

/** Milliseconds in which a body must have come. */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 5000;

/**
 * Ends requests whose JSON does not come in time. The platform's own deadline is for all requests alike, and a large
 * file over a slow line takes as long as it takes.
 */
export class BodyDeadlines {
  readonly #waiting = new Map<IncomingMessage, number>();
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;

  /** `onLate` answers and ends a request; `now` is monotonic, in milliseconds. */
  constructor(now: () => number, onLate: (request: IncomingMessage) => void, patienceMs = PATIENCE_MS) {
    this.#now = now;
    this.#timer = setInterval(
      () => {
        for (const [request, since] of this.#waiting) {
          if (request.complete || request.destroyed) this.#waiting.delete(request);
          else if (now() - since >= patienceMs) {
            this.#waiting.delete(request);
            onLate(request);
          }
        }
      },
      Math.min(LOOK_EVERY_MS, patienceMs),
    );
    this.#timer.unref();
  }

  begin(request: IncomingMessage): void {
    this.#waiting.set(request, this.#now());
  }

  end(request: IncomingMessage): void {
    this.#waiting.delete(request);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
