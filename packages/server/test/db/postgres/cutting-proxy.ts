import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** What happens at the next COMMIT that a store sends. */
export type Cut = "before the server hears it" | "before the answer comes" | undefined;

const COMMIT = Buffer.from("COMMIT\0");

/** Stands between a store and its server, and ends a connection at a commit. */
export class CuttingProxy {
  readonly url: string;
  cut: Cut;
  /** Nothing goes through any more, and nobody is told. */
  isSilent = false;
  /** Connections that were ended. */
  cuts = 0;

  private constructor(url: string) {
    this.url = url;
  }

  static async start(t: TestContext, target: string): Promise<CuttingProxy> {
    const at = new URL(target);
    const folder = decodeURIComponent(at.hostname);
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = folder.startsWith("/")
        ? connect(`${folder}/.s.PGSQL.5432`)
        : connect(Number(at.port || 5432), folder);
      proxy.#join(client, upstream);
      for (const socket of [client, upstream]) sockets.add(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const user = at.password === "" ? at.username : `${at.username}:${at.password}`;
    const proxy = new CuttingProxy(`postgres://${user}@127.0.0.1:${port}${at.pathname}`);
    return proxy;
  }

  #join(client: Socket, upstream: Socket): void {
    let isCutting = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    client.on("data", (chunk: Buffer) => {
      if (this.isSilent) return;
      if (this.cut === undefined || !chunk.includes(COMMIT)) return void upstream.write(chunk);
      const cut = this.cut;
      this.cut = undefined;
      this.cuts++;
      if (cut === "before the server hears it") return end();
      isCutting = true;
      upstream.write(chunk);
    });
    // The server answers a commit once it is durable.
    upstream.on("data", (chunk: Buffer) => (isCutting ? end() : client.write(chunk)));
  }
}
