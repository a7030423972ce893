import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Order } from "./orders.ts";
import type { Address, Outcome, Plan } from "./plan.ts";
import type { Crowd, CrowdOutcome, CrowdPlan } from "./stream/plan.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** People at their streams, in the load process. */
export interface Seated {
  run(plan: CrowdPlan): Promise<CrowdOutcome>;
  leave(): Promise<void>;
}

/** The load, in a process of its own; it inherits the cores of whoever starts it. One order at a time. */
export class LoadProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(MAIN, [], { serialization: "advanced", execArgv: ["--max-old-space-size=4096"] });
  }

  /** Runs the plan to its end. Throws when the load could not run; faults of the server are in the outcome. */
  run(address: Address, plan: Plan): Promise<Outcome> {
    return this.#order({ kind: "ask", address, plan });
  }

  /** Runs a plan that prepares what will be measured; throws on any fault. */
  async prepare(address: Address, plan: Plan): Promise<Outcome> {
    const outcome = await this.run(address, plan);
    if (outcome.faults.length > 0) throw new Error(`preparation failed: ${outcome.faults[0]}`);
    return outcome;
  }

  /** Opens everybody's stream; throws when one is refused. They stay until they leave. */
  async seat(address: Address, crowd: Crowd): Promise<Seated> {
    const number = await this.#order<number>({ kind: "seat", address, crowd });
    return {
      run: (plan) => this.#order({ kind: "run", crowd: number, plan }),
      leave: () => this.#order({ kind: "leave", crowd: number }),
    };
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #order<T>(order: Order): Promise<T> {
    const answered = once(this.#child, "message");
    this.#child.send(order);
    const [message] = (await answered) as [{ result: T } | { error: string }];
    if ("error" in message) throw new Error(`the load could not run: ${message.error}`);
    return message.result;
  }
}
