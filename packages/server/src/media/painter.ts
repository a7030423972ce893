import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Painting, Picture } from "./picture.ts";

const PROCESS = join(import.meta.dirname, "paint.ts");
/** What one picture may take, the start of the process included. */
const PATIENCE_MS = 10_000;
/** Pictures that wait; of what comes beyond, none is made. */
const MOST_WAITING = 32;
/** What a picture may wait for those before it: each may be one that takes all its time, and uploads wait for theirs. */
const TURN_MS = 20_000;
/** The process ends after so long without work, and gives its memory back. */
const IDLE_MS = 10_000;

/** Looks at pictures in a process of its own, one at a time. Whatever goes wrong, there is no picture and no error. */
export class Painter {
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | undefined;
  #isStopped = false;
  readonly #turnMs: number;

  constructor(turnMs = TURN_MS) {
    this.#turnMs = turnMs;
  }

  /** Undefined for what is no picture, cannot be decoded, takes too long, or comes while too many wait, or for too long. */
  paint(painting: Painting): Promise<Picture | undefined> {
    if (!painting.mimeType.startsWith("image/") || this.#waiting >= MOST_WAITING) return Promise.resolve(undefined);
    this.#waiting++;
    const { promise, resolve } = Promise.withResolvers<Picture | undefined>();
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, this.#turnMs);
    this.#last = this.#last.then(async () => {
      clearTimeout(late);
      this.#waiting--;
      if (!isLate) resolve(await this.#paint(painting));
    });
    return promise;
  }

  /** Ends the process; what is under way answers that there is no picture. */
  stop(): void {
    this.#isStopped = true;
    this.#end();
  }

  #paint(painting: Painting): Promise<Picture | undefined> {
    if (this.#isStopped) return Promise.resolve(undefined);
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
