import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Address, Outcome, Plan } from "./plan.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** The load, in a process of its own; it inherits the cores of whoever starts it. One plan at a time. */
export class LoadProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(MAIN, [], { serialization: "advanced", execArgv: ["--max-old-space-size=4096"] });
  }

  /** Runs the plan to its end. Throws when the load could not run; faults of the server are in the outcome. */
  async run(address: Address, plan: Plan): Promise<Outcome> {
    const answered = once(this.#child, "message");
    this.#child.send({ address, plan });
    const [message] = (await answered) as [{ outcome: Outcome } | { error: string }];
    if ("error" in message) throw new Error(`the load could not run: ${message.error}`);
    return message.outcome;
  }

  /** Runs a plan that prepares what will be measured; throws on any fault. */
  async prepare(address: Address, plan: Plan): Promise<Outcome> {
    const outcome = await this.run(address, plan);
    if (outcome.faults.length > 0) throw new Error(`preparation failed: ${outcome.faults[0]}`);
    return outcome;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
