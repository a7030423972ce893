import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type Clock,
  createLog,
  NO_LIMITS,
  type RunningServer,
  type ServerOptions,
  startServer,
} from "@stairwell/server/testing";
import { freshDatabase, Person } from "@stairwell/testing";
import { type Bus, InProcessBus, NO_BUS } from "../../src/bus/index.ts";
import { nodeFolder } from "./node-folder.ts";

/** One of several servers on one database, in this process. */
export class TestNode {
  readonly running: RunningServer;

  constructor(running: RunningServer) {
    this.running = running;
  }

  get url(): string {
    return this.running.url;
  }

  /** Somebody of the tenant `dev`, who calls this node. */
  person(name: string): Person {
    return new Person(this.url, name, `dev-${name}@dev`);
  }

  /** Somebody with a credential, who calls this node. */
  withToken(name: string, token: string): Person {
    return new Person(this.url, name, token);
  }
}

export type Nodes<Count extends number> = Count extends 2
  ? [TestNode, TestNode]
  : Count extends 3
    ? [TestNode, TestNode, TestNode]
    : TestNode[];

export interface NodesOptions extends Pick<
  ServerOptions,
  "failedSignInsPerMinute" | "federation" | "media" | "trustedProxies"
> {
  /** How they wake each other; not at all unless said. */
  buses?: () => Bus;
  /** Of each of them; the machine's unless said. */
  clocks?: readonly Clock[];
  /** Leave the tenant's limits as they are. */
  keepLimits?: boolean;
}

/** Several servers that share a database and a folder of files, unless they have a bucket. */
export async function startNodes<Count extends 2 | 3>(
  t: Pick<TestContext, "after">,
  count: Count,
  { buses = () => NO_BUS, keepLimits = false, clocks = [], ...options }: NodesOptions = {},
): Promise<Nodes<Count>> {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "stairwell-nodes-"));
  const running: RunningServer[] = [];
  t.after(async () => {
    await Promise.all(running.map((server) => server.close()));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  for (let i = 0; i < count; i++) {
    running.push(
      await startServer({
        data: nodeFolder(folder, String(i)),
        store: { url: database.url, isUnsafe: true },
        bus: buses,
        listen: { host: "127.0.0.1", port: 0 },
        dev: true,
        log: createLog("silent"),
        failedSignInsPerMinute: 1_000_000,
        ...(clocks[i] && { clock: clocks[i] }),
        ...options,
      }),
    );
  }
  const nodes = running.map((server) => new TestNode(server));
  await nodes[0]!.person("operator").signIn();
  if (!keepLimits) await running[0]!.setLimits("dev", NO_LIMITS);
  return nodes as Nodes<Count>;
}

/** Ends of one in-process bus, one a node. */
export function wellBuses(): () => Bus {
  const bus = new InProcessBus();
  return () => bus.join();
}
