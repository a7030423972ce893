/**
 * Should the SQLite writer live in the main thread or in a worker? The same bare server with 64 closed-loop senders,
 * with one core and with two (the load then shares the second), without and with other work a request.
 *
 *     node bench/src/experiments/writer-place.ts [--rounds N] [--seconds S] [--work 0,60]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServer } from "../contenders/server-process.ts";
import type { ServerProcess } from "../contenders/server-process.ts";
import { LoadProcess } from "../load/load-process.ts";
import { pinSelf, splitCores } from "../measure/cores.ts";
import { observe } from "../measure/observe.ts";
import { ratioSpread, spread } from "../measure/spread.ts";
import { send } from "../workloads/asks.ts";
import { ROOMS } from "./event-rows.ts";

const SERVER = fileURLToPath(new URL("writer-place/server.ts", import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    work: { type: "string", default: "0,60" },
  },
});
const cores = splitCores();
if (cores === null) throw new Error("this experiment needs two cores and taskset");
const ARRANGEMENTS = [
  { name: "main, one core", place: "main", cores: cores.server },
  { name: "worker, one core", place: "worker", cores: cores.server },
  { name: "main, two cores", place: "main", cores: `${cores.server},${cores.load}` },
  { name: "worker, two cores", place: "worker", cores: `${cores.server},${cores.load}` },
] as const;

interface Measured {
  rate: number;
  p50: number;
  p99: number;
  cpuMicros: number;
}

pinSelf(cores);
const load = new LoadProcess();
const folder = await mkdtemp(join(tmpdir(), "writer-place-"));
const asks = Array.from({ length: ROOMS }, (_, room) => ({ ...send("nobody", ""), path: `/${room}` }));
const plan = { asks, connections: ROOMS, share: "own" } as const;

async function start({ place, cores: serverCores }: (typeof ARRANGEMENTS)[number], work: string) {
  const args = ["--place", place, "--work", work, "--data", await mkdtemp(join(folder, place))];
  const server = await startServer(
    ({ host, port }) => [process.execPath, SERVER, ...args, "--listen", `${host}:${port}`],
    serverCores,
  );
  await load.prepare(server.address, { ...plan, stop: { seconds: 1 } });
  return server;
}

async function measure({ address, pid }: ServerProcess): Promise<Measured> {
  const stop = { seconds: Number(values.seconds) };
  const { result, surroundings } = await observe({ pid }, () => load.prepare(address, { ...plan, stop }));
  const cpuMicros = (surroundings.serverCpuSeconds * 1e6) / result.asks;
  return { rate: result.asks / result.seconds, p50: result.p50, p99: result.p99, cpuMicros };
}

async function compare(work: string): Promise<void> {
  const servers: ServerProcess[] = [];
  for (const arrangement of ARRANGEMENTS) servers.push(await start(arrangement, work));
  const measured = ARRANGEMENTS.map((): Measured[] => []);
  const order = [...ARRANGEMENTS.keys()];
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const index of round % 2 === 0 ? order : order.toReversed()) {
      measured[index]!.push(await measure(servers[index]!));
    }
  }
  for (const server of servers) await server.stop();

  console.log(`other work ${work} µs a request; ratios to the writer in the main thread on one core`);
  for (const [index, { name }] of ARRANGEMENTS.entries()) {
    const median = (pick: (one: Measured) => number): number => spread(measured[index]!.map(pick)).median;
    const ratio = (pick: (one: Measured) => number): string => {
      const { median: middle, low, high } = ratioSpread(measured[index]!.map(pick), measured[0]!.map(pick));
      return `${middle.toFixed(2)} (${low.toFixed(2)}..${high.toFixed(2)})`;
    };
    const figures = `${median(({ rate }) => rate).toFixed(0)} sends/s, p50 ${median(({ p50 }) => p50).toFixed(2)} ms, p99 ${median(({ p99 }) => p99).toFixed(2)} ms`;
    const cpu = `${median(({ cpuMicros }) => cpuMicros).toFixed(0)} µs CPU a send`;
    console.log(
      `  ${name.padEnd(18)} ${figures}, ${cpu}; sends/s x ${ratio(({ rate }) => rate)}, p99 x ${ratio(({ p99 }) => p99)}`,
    );
  }
}

try {
  for (const work of values.work.split(",")) await compare(work);
} finally {
  load.stop();
  await rm(folder, { recursive: true, force: true });
}
