import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../../node_modules/.cache/nats");
const PROGRAM = join(CACHE, "nats-server");

/**
 * The NATS server: an installed one, else that of Debian's package, fetched once and unpacked without being installed.
 * Undefined where there is neither.
 */
export async function natsProgram(): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const installed = folders.map((folder) => join(folder, "nats-server")).find((path) => existsSync(path));
  if (installed !== undefined) return installed;
  if (!existsSync(PROGRAM)) await fetchProgram().catch(() => {});
  return existsSync(PROGRAM) ? PROGRAM : undefined;
}

/** Several tests may fetch at once: each does it in a folder of its own, and the last one's stays. */
async function fetchProgram(): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "fetch-"));
  try {
    await run("apt-get", ["download", "nats-server"], { cwd: folder });
    await run("sh", ["-c", "dpkg -x nats-server_*.deb unpacked"], { cwd: folder });
    renameSync(join(folder, "unpacked/usr/sbin/nats-server"), PROGRAM);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
