import type { Timer } from "../../src/lib/timers.ts";
import { Trace } from "./trace.ts";

/** When every world begins. */
const START = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Task {
  readonly at: number;
  readonly number: number;
  readonly what: string;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Virtual time: one thing is done at a time, all that follows from it at once, and then the next that is due. */
export class Schedule {
  readonly trace: Trace;
  /** Unix milliseconds. */
  now = START;
  /** What has to come to an end outside of virtual time before anything else happens. */
  readonly holds = new Set<string>();
  #number = 0;
  /** A heap: each before its children. */
  readonly #tasks: Task[] = [];

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** Does something after so many milliseconds; of several at one moment, in the order in which they were asked for. */
  after(milliseconds: number, what: string, run: () => void): Timer {
    const at = this.now + Math.max(0, Math.round(milliseconds));
    const task: Task = { at, number: this.#number++, what, run, isCancelled: false };
    this.#push(task);
    return { cancel: () => void (task.isCancelled = true) };
  }

  /** The moment of what is due next; undefined where nothing is. */
  get next(): number | undefined {
    while (this.#tasks[0]?.isCancelled === true) this.#shift();
    return this.#tasks[0]?.at;
  }

  /** Does what is due next, and waits until nothing goes on by itself. False where nothing is due. */
  async step(): Promise<boolean> {
    if (this.next === undefined) return false;
    const task = this.#shift()!;
    this.now = task.at;
    if (task.what !== "") this.trace.say(`${this.now - START} ${task.what}`);
    task.run();
    await calm();
    while (this.holds.size > 0) await calm();
    return true;
  }

  /** Does what is due until something holds. Throws where it does not after so long. */
  async until(holds: () => boolean, mostMs: number, what: string): Promise<void> {
    const end = this.now + mostMs;
    while (!holds()) {
      if (this.next === undefined || this.next > end) throw new Error(`${what}: not within ${mostMs} ms`);
      await this.step();
    }
  }

  #push(task: Task): void {
    const tasks = this.#tasks;
    let at = tasks.push(task) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(task, tasks[parent]!)) break;
      tasks[at] = tasks[parent]!;
      at = parent;
    }
    tasks[at] = task;
  }

  #shift(): Task | undefined {
    const tasks = this.#tasks;
    const first = tasks[0];
    const last = tasks.pop();
    if (first === undefined || last === undefined || tasks.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= tasks.length) break;
      if (child + 1 < tasks.length && isBefore(tasks[child + 1]!, tasks[child]!)) child++;
      if (!isBefore(tasks[child]!, last)) break;
      tasks[at] = tasks[child]!;
      at = child;
    }
    tasks[at] = last;
    return first;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.at < other.at || (one.at === other.at && one.number < other.number);
}

/** Settles when every promise that could settle has: nothing here waits for anything but the schedule. */
function calm(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
