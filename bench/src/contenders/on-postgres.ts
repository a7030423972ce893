import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { PostgresCluster } from "@stairwell/testing";
import { Client } from "pg";
import type { Contender } from "./contender.ts";
import type { ServerProcess } from "./server-process.ts";
import { stairwellIn } from "./stairwell.ts";

/**
 * The Stairwell of a checkout on a PostgreSQL server that it starts, as durable as it would be for real, and by one
 * process or several, behind something that hands connections round where `isBehind` says so. Whoever serves shares the server's core, PostgreSQL
 * takes what cores it finds; its files lie below `parent`.
 */
export async function onPostgres(
  checkout: string,
  nodes: number,
  parent: string,
  { name = `PostgreSQL, nodes: ${nodes}`, isBehind = nodes > 1 }: { name?: string; isBehind?: boolean } = {},
): Promise<Contender & { end(): Promise<void> }> {
  const cluster = await PostgresCluster.start({ isDurable: true, parent });
  let databases = 0;
  const urls = new Map<string, string>();
  async function urlFor(folder: string): Promise<string> {
    let url = urls.get(folder);
    if (url !== undefined) return url;
    const database = `bench_${databases++}`;
    const client = new Client({ connectionString: cluster.url("postgres") });
    await client.connect();
    await client.query(`CREATE DATABASE ${database}`);
    await client.end();
    urls.set(folder, (url = cluster.url(database)));
    return url;
  }
  const at = (url: string): Contender => stairwellIn(checkout, name, { STAIRWELL_STORE_URL: url });
  return {
    name,
    durability: "PostgreSQL, synchronous_commit=on, fsync=on, group commit, answers after the commit",
    prepare: async (folder, people) => at(await urlFor(folder)).prepare(folder, people),
    async serve(folder, cores) {
      const contender = at(await urlFor(folder));
      const served: ServerProcess[] = [];
      for (let i = 0; i < nodes; i++)
        served.push(await contender.serve(i === 0 ? folder : await withFilesOf(folder, `node-${i}`), cores));
      const [first, ...others] = served;
      const beside = [cluster.pid, ...others.map(({ pid }) => pid)];
      if (!isBehind) return { ...first!, beside };
      const sockets = new Set<Socket>();
      let next = 0;
      const front = createServer({ noDelay: true }, (socket) => {
        const behind = connect({ ...served[next++ % nodes]!.address, noDelay: true });
        for (const [one, other] of [
          [socket, behind],
          [behind, socket],
        ] as const) {
          sockets.add(one);
          one.on("error", () => other.destroy()).on("close", () => (sockets.delete(one), other.destroy()));
          one.pipe(other);
        }
      }).listen(0, "127.0.0.1");
      await once(front, "listening");
      return {
        ...first!,
        beside,
        address: { host: "127.0.0.1", port: (front.address() as AddressInfo).port },
        async stop() {
          for (const socket of sockets) socket.destroy();
          front.close();
          const ended = await Promise.all(served.map((one) => one.stop()));
          return ended.find(({ exitCode }) => exitCode !== 0) ?? ended[0]!;
        },
      };
    },
    end: () => cluster.remove(),
  };
}

/** A data folder of its own, with the files of another: nodes share those. */
async function withFilesOf(folder: string, name: string): Promise<string> {
  const data = join(folder, name);
  for (const made of [data, join(folder, "blobs")]) await mkdir(made, { recursive: true, mode: 0o700 });
  await symlink(join(folder, "blobs"), join(data, "blobs")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return data;
}
