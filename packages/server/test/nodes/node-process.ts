import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SERVE = join(import.meta.dirname, "serve-node.ts");

/** What a node is started with. */
export interface NodeSettings {
  readonly data: string;
  readonly store: string;
  readonly bus?: string;
  /** Where other servers are. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** A node in a process of its own, which can be killed and started again. It never outlives this process. */
export class NodeProcess {
  readonly #settings: NodeSettings;
  #child: ChildProcess | undefined;
  #url = "";
  /** The end of what it wrote to standard error. */
  messages = "";

  private constructor(settings: NodeSettings) {
    this.#settings = settings;
  }

  static async start(settings: NodeSettings): Promise<NodeProcess> {
    const node = new NodeProcess(settings);
    await node.startAgain();
    return node;
  }

  /** Where it listens; elsewhere after each start. */
  get url(): string {
    return this.#url;
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  async startAgain(): Promise<void> {
    const args = ["--disable-warning=ExperimentalWarning", SERVE, JSON.stringify(this.#settings)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const endWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", endWithUs);
    child.once("exit", () => process.off("exit", endWithUs));
    child.stderr.on("data", (chunk: Buffer) => (this.messages = (this.messages + chunk.toString()).slice(-8000)));
    const ended = once(child, "exit").then(() => undefined);
    const url = await Promise.race([
      once(createInterface(child.stdout), "line").then(([line]) => line as string),
      ended,
    ]);
    if (url === undefined) throw new Error(`the node ended before it was ready: ${this.messages}`);
    this.#url = url;
    this.#child = child;
  }

  /** Sends a signal and waits for the end; answers the exit code. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return null;
    const ended = once(child, "exit");
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}
