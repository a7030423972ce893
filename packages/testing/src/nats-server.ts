import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { debianProgram } from "./debian-program.ts";
import { freePort, isListening } from "./ports.ts";

/** The NATS server; undefined where there is none. */
export async function natsProgram(): Promise<string | undefined> {
  return (await debianProgram("usr/sbin/nats-server", ["nats-server"]))?.file;
}

/** A NATS server of a test, which can be stopped, paused and started again at the same address. */
export class NatsServer {
  readonly #program: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(program: string, port: number) {
    this.#program = program;
    this.#port = port;
  }

  static async start(t: Pick<TestContext, "after">): Promise<NatsServer> {
    const program = await natsProgram();
    if (program === undefined) throw new Error("there is no nats-server here, and none could be fetched");
    const server = new NatsServer(program, await freePort());
    t.after(() => server.stop());
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  async startAgain(): Promise<void> {
    const child = spawn(this.#program, ["-a", "127.0.0.1", "-p", String(this.#port)], { stdio: "ignore" });
    const endWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", endWithUs);
    child.once("exit", () => process.off("exit", endWithUs));
    this.#child = child;
    while (!(await isListening(this.#port))) {
      if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** It keeps its connections and answers nothing. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  goOn(): void {
    this.#child?.kill("SIGCONT");
  }
}
