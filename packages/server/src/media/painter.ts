import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Painting, Picture } from "./picture.ts";

const PROCESS = join(import.meta.dirname, "paint.ts");
/** What one picture may take, the start of the process included. */
const PATIENCE_MS = 10_000;
/** Pictures that wait; of what comes beyond, none is made. */
const MOST_WAITING = 256;
/** What a picture may wait for those before it: each may be one that takes all its time, and uploads wait for theirs. */
const TURN_MS = 20_000;
/** The process ends after so long without work, and gives its memory back. */
const IDLE_MS = 10_000;

/** A picture that waits for those before it. */
interface Waiting {
  readonly painting: Painting;
  readonly resolve: (picture: Picture | undefined) => void;
  /** Gives up waiting. */
  readonly late: NodeJS.Timeout;
}

/**
 * Looks at pictures in a process of its own, one at a time, in turn one of each who brings some: whoever brings many that
 * take long keeps none of the others waiting for more than one. Whatever goes wrong, there is no picture and no error.
 */
export class Painter {
  #child: ChildProcess | undefined;
  /** By whose they are, in the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>();
  #count = 0;
  #isAtWork = false;
  #idle: NodeJS.Timeout | undefined;
  #isStopped = false;
  readonly #turnMs: number;

  constructor(turnMs = TURN_MS) {
    this.#turnMs = turnMs;
  }

  /** Undefined for what is no picture, cannot be decoded, takes too long, or comes while too many wait, or for too long. */
  paint(painting: Painting, whose: string): Promise<Picture | undefined> {
    if (!painting.mimeType.startsWith("image/") || this.#count >= MOST_WAITING) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Picture | undefined>();
    const late = setTimeout(() => {
      this.#leave(whose, waiting);
      resolve(undefined);
    }, this.#turnMs);
    const waiting = { painting, resolve, late };
    const queue = this.#waiting.get(whose);
    if (queue === undefined) this.#waiting.set(whose, [waiting]);
    else queue.push(waiting);
    this.#count++;
    void this.#work();
    return promise;
  }

  /** Ends the process; what is under way answers that there is no picture. */
  stop(): void {
    this.#isStopped = true;
    this.#end();
  }

  async #work(): Promise<void> {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    for (const [whose, queue] of this.#waiting) {
      const next = queue[0]!;
      this.#leave(whose, next);
      // Whoever has more of them comes after all others; what is added to a map while it is walked is walked too.
      if (this.#waiting.delete(whose)) this.#waiting.set(whose, queue);
      clearTimeout(next.late);
      // A process that cannot even be begun, for want of memory, is one more thing that goes wrong.
      next.resolve(await this.#paint(next.painting).catch(() => undefined));
    }
    this.#isAtWork = false;
  }

  #leave(whose: string, waiting: Waiting): void {
    const queue = this.#waiting.get(whose)!;
    queue.splice(queue.indexOf(waiting), 1);
    if (queue.length === 0) this.#waiting.delete(whose);
    this.#count--;
  }

  async #paint(painting: Painting): Promise<Picture | undefined> {
    if (this.#isStopped) return undefined;
    clearTimeout(this.#idle);
    // No settings and no secrets go along: what decodes strangers' files needs none.
    const child = (this.#child ??= fork(PROCESS, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: {},
      execArgv: [],
    }));
    return new Promise((resolve) => {
      const settle = (picture: Picture | undefined, isAlive: boolean): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        // Whatever it still has to say is of no use, and an error without a listener would end the server.
        child.on("error", () => undefined);
        if (!isAlive) this.#end();
        else {
          child.unref();
          child.channel?.unref();
          this.#idle = setTimeout(() => this.#end(), IDLE_MS);
          this.#idle.unref();
        }
        resolve(picture);
      };
      const timer = setTimeout(() => settle(undefined, false), PATIENCE_MS);
      child.ref();
      child.channel?.ref();
      child.once("message", (picture) => settle((picture as Picture | null) ?? undefined, true));
      child.once("exit", () => settle(undefined, false));
      child.once("error", () => settle(undefined, false));
      child.send(painting, (error) => {
        if (error !== null) settle(undefined, false);
      });
    });
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
