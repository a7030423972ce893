import { StairwellError } from "@stairwell/protocol";
import type { FastifyInstance } from "fastify";

/** Milliseconds that answers under way are waited for: within the ten seconds of a stop the store is still to be closed. */
const PATIENCE_MS = 8000;

const LOOK_EVERY_MS = 20;

/** Whether the door still takes requests. */
export class Draining {
  #started = false;

  get hasStarted(): boolean {
    return this.#started;
  }

  /** `SW_UNAVAILABLE` once draining has begun. */
  check(): void {
    if (this.#started) throw new StairwellError("SW_UNAVAILABLE", { message: "The server is stopping." });
  }

  /**
   * Takes no more connections, refuses new requests on kept ones, waits for the answers under way, and cuts off what is
   * left after `patienceMs`. Settles when no connection is open.
   */
  async start(app: FastifyInstance, patienceMs = PATIENCE_MS): Promise<void> {
    this.#started = true;
    const deadline = setTimeout(() => app.server.closeAllConnections(), patienceMs);
    // The platform looks once; a connection whose answer was just ending then would be kept until its timeout.
    const sweep = setInterval(() => app.server.closeIdleConnections(), LOOK_EVERY_MS);
    try {
      await app.close();
    } finally {
      clearTimeout(deadline);
      clearInterval(sweep);
    }
  }
}
