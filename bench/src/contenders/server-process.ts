import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Address } from "../load/plan.ts";
import { pinned } from "../measure/cores.ts";

/** A started server that answers 200 at `/readyz`. */
export interface ServerProcess {
  address: Address;
  pid: number;
  /** Other processes that do its work: further nodes, a database. */
  beside?: readonly number[];
  /** From the start of the process to the first 200 of `/readyz`. */
  readyMs: number;
  /** SIGTERM; resolves with the exit code and the time it took, kills after 15 s (exit code null). */
  stop(): Promise<{ exitCode: number | null; ms: number }>;
}

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;

/**
 * Starts `command` (given the address it shall listen on, at a free port unless one is given) and waits until it is ready;
 * throws when it ends before.
 */
export async function startServer(
  command: (address: Address) => readonly string[],
  cores: string | null,
  environment: Readonly<Record<string, string>> = {},
  port?: number,
): Promise<ServerProcess> {
  const address = { host: "127.0.0.1", port: port ?? (await freePort()) };
  const [file, ...args] = pinned(cores, command(address)) as [string, ...string[]];
  const started = performance.now();
  const child = spawn(file, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...serverEnvironment(), ...environment },
  });
  let messages = "";
  child.stderr.on("data", (chunk: Buffer) => (messages = (messages + chunk.toString()).slice(-2000)));
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const exited = once(child, "exit").then(([code]) => {
    process.off("exit", endWithUs);
    return code as number | null;
  });

  while (!(await isReady(address))) {
    if (child.exitCode !== null) throw new Error(`${command(address).join(" ")} ended: ${messages}`);
    if (performance.now() - started > READY_WITHIN_MS) throw new Error(`not ready in time: ${messages}`);
    await wait(2);
  }
  return {
    address,
    pid: child.pid!,
    readyMs: performance.now() - started,
    async stop() {
      const asked = performance.now();
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      const exitCode = await exited;
      clearTimeout(kill);
      return { exitCode, ms: performance.now() - asked };
    },
  };
}

/** `BENCH_SERVER_NODE_OPTIONS` reaches the servers and not the load, for profiles of them. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { BENCH_SERVER_NODE_OPTIONS: options, ...environment } = process.env;
  return options === undefined ? environment : { ...environment, NODE_OPTIONS: options };
}

async function isReady({ host, port }: Address): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}:${port}/readyz`, { headers: { connection: "close" } });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false; // nobody listens yet
  }
}

/** A port of loopback that nobody listens at now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
