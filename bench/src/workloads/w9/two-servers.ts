import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, type ServerProcess, startServer } from "../../contenders/server-process.ts";
import type { Instance, Stand } from "../../contenders/stand.ts";

const LAUNCHER = fileURLToPath(new URL("../../../../bin/stairwell", import.meta.url));

/** One of two servers that share rooms. Each is as people start it, on a folder of its own. */
export interface Sharing extends Instance {
  serverName: string;
  admin: string;
  /** Stops it, and starts it again where it was. */
  stop(): Promise<{ exitCode: number | null; ms: number }>;
  startAgain(): Promise<void>;
}

/** Who a room's log is ordered by, on the server's core, and who follows it, on the load's. */
export interface Two {
  hub: Sharing;
  replica: Sharing;
}

export async function startTwo(stand: Stand, people: number): Promise<Two> {
  const ports = { "hub.localhost": await freePort(), "far.localhost": await freePort() };
  const hub = await start(stand, "hub.localhost", ports, people, stand.cores?.server ?? null);
  const replica = await start(stand, "far.localhost", ports, 1, stand.cores?.load ?? null);
  return { hub, replica };
}

/**
 * One process on the load's core with a server for each name, of one person each, who speaks with everybody. `ports`: where
 * names are found, the hub's among them.
 */
export async function startMany(
  stand: Stand,
  names: readonly string[],
  ports: Readonly<Record<string, number>>,
): Promise<Sharing[]> {
  const folder = await stand.freshFolder();
  const made = [];
  for (const [n, name] of names.entries()) made.push({ name, ...(await makeTenant(folder, `t${n}`, name, 1)) });
  const served = await serve(folder, hostsOf(ports), stand.cores?.load ?? null);
  stand.keep(served);
  const stop = served.stop.bind(served);
  const again = () => Promise.reject(new Error("it stays as it is"));
  const all = made.map(({ name, own, admin }) => {
    return { ...served, folder, tokens: own, serverName: name, admin, stop, startAgain: again };
  });
  for (const each of all) await openTo(each);
  return all;
}

/** One server. `ports`: where names are found, its own among them. */
export async function start(
  stand: Stand,
  serverName: string,
  ports: Readonly<Record<string, number>>,
  people: number,
  cores: string | null,
): Promise<Sharing> {
  const folder = await stand.freshFolder();
  const { own, admin } = await makeTenant(folder, "bench", serverName, people);
  const go = (): Promise<ServerProcess> => serve(folder, hostsOf(ports), cores, ports[serverName]);
  const sharing: Sharing = {
    ...(await go()),
    folder,
    tokens: own,
    serverName,
    admin,
    startAgain: async () => void Object.assign(sharing, await go()),
  };
  stand.keep(sharing);
  await openTo(sharing);
  return sharing;
}

async function makeTenant(folder: string, slug: string, serverName: string, people: number) {
  const tokens = async (...words: string[]): Promise<string[]> => {
    const made = await command(["token", "create", "--tenant", slug, ...words, "--data", folder]);
    return [JSON.parse(made) as { token: string } | { token: string }[]].flat().map(({ token }) => token);
  };
  await command(["tenant", "create", "--slug", slug, "--server-name", serverName, "--no-limits", "--data", folder]);
  const own = await tokens("--as-many", `p:${people}`);
  const [admin] = (await tokens("--as", "admin", "--admin")) as [string];
  return { own, admin };
}

function hostsOf(ports: Readonly<Record<string, number>>): string {
  return Object.entries(ports)
    .map(([name, port]) => `${name}=http://127.0.0.1:${port}`)
    .join(",");
}

function serve(folder: string, hosts: string, cores: string | null, port?: number): Promise<ServerProcess> {
  return startServer(
    ({ host, port: own }) => [LAUNCHER, "serve", "--dev", "--listen", `${host}:${own}`, "--data", folder],
    cores,
    { STAIRWELL_FEDERATION_HOSTS: hosts },
    port,
  );
}

/** Whoever asks is spoken with. */
async function openTo(server: Sharing): Promise<void> {
  await ask(server, server.admin, "PUT", "/v1/admin/federation/policy", { default_mode: "open" });
}

async function command(words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(LAUNCHER, [...words, "--json"], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Asks a server something; its `data`. Throws for a refusal. */
export async function ask<T = unknown>(
  { address: { host, port } }: Instance,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`http://${host}:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { data, error } = (await response.json()) as { data: T; error: unknown };
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(error)}`);
  return data;
}

/** Lets the other server's person into a room of the hub's. */
export async function invite({ hub, replica }: Two, room: string): Promise<void> {
  await ask(hub, hub.admin, "PUT", `/v1/admin/rooms/${room}/federate`, { enabled: true });
  await ask(hub, hub.admin, "POST", `/v1/admin/rooms/${room}/federation/invite`, { fqid: `@p1:${replica.serverName}` });
  const seen = async (): Promise<boolean> =>
    ask(replica, replica.tokens[0]!, "GET", `/v1/rooms/${room}`).then(
      () => true,
      () => false,
    );
  await until(seen, 5);
}

export function joinRoom({ replica }: Two, room: string): Promise<unknown> {
  return ask(replica, replica.tokens[0]!, "POST", `/v1/rooms/${room}/join`, {});
}

/** The end of a room as somebody sees it. */
export async function endOf(server: Sharing, token: string, room: string): Promise<{ position: number; hash: string }> {
  const [newest] = await ask<{ stream_position: number; hash: string }[]>(
    server,
    token,
    "GET",
    `/v1/rooms/${room}/messages?limit=1`,
  );
  return { position: newest?.stream_position ?? 0, hash: newest?.hash ?? "" };
}

const PATIENCE_MS = 120_000;

/** Looks until something holds. */
export async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("the two servers did not come to agree");
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
