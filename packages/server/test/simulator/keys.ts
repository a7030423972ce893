import { OPERATOR } from "../../src/audit/index.ts";
import { signRequest } from "../../src/federation/outbound/sign-request.ts";
import { canonical, contentHashText, type EventId, type Fqid, proposalText } from "@stairwell/protocol";
import { newId, newSalt, sha256 } from "../../src/lib/random.ts";
import { findSigningKey, listKeys, revokeKey, rotateKey, signWith, type TenantKey } from "../../src/tenants/index.ts";
import { peopleIn } from "./rows.ts";
import type { SimServer } from "./server.ts";
import type { World } from "./world.ts";

const PREFIX = "/_stairwell/federation/v1";

/** A server has another key from now on; the one before introduces it. */
export async function rotate(world: World, server: SimServer): Promise<void> {
  const { tenant } = server;
  world.schedule.trace.say(`${server.name} rotates`);
  await server.whileUp(() =>
    server.db.write({ tenantNo: tenant.tenantNo }, (tx) => rotateKey(tx, tenant, OPERATOR)).catch(() => undefined),
  );
}

/** A server's former keys were stolen: they are revoked, once everybody knows the one that took their place. */
export async function revokeOld(world: World, server: SimServer): Promise<void> {
  const { tenant, db } = server;
  const { tenantNo } = tenant;
  const keys = await listKeys(db, tenantNo);
  const inUse = (await findSigningKey(db, tenantNo, server.now()))!;
  for (const other of world.servers) {
    if (other !== server) await untilKnown(world, asker(world, server, inUse, other));
  }
  for (const { keyId } of keys.filter((key) => key.keyId !== inUse.keyId)) {
    world.schedule.trace.say(`${server.name} revokes ${keyId}`);
    await world.settle(
      db.write({ tenantNo }, (tx) => revokeKey(tx, tenant, keyId, OPERATOR)),
      "a revocation",
    );
  }
}

/**
 * Speaks to everybody with the keys that servers have revoked, long enough after that everybody must have heard of it (FD1):
 * until they must have looked, and then in earnest.
 */
export async function useStolenKeys(world: World): Promise<void> {
  for (const server of world.servers) {
    const stolen = (await listKeys(server.db, server.tenant.tenantNo)).filter(({ revokedAt }) => revokedAt !== null);
    for (const key of stolen)
      for (const victim of world.servers) if (victim !== server) await use(world, server, key, victim);
  }
}

/** A descriptor is asked for once a minute at most: who has just looked does not know the newest key yet. */
async function untilKnown(world: World, ask: Ask): Promise<void> {
  while ((await ask("GET", "/profile/ann")) !== 200) await pass(world, 61_000);
}

export async function pass({ schedule }: World, milliseconds: number): Promise<void> {
  let isOver = false;
  schedule.after(milliseconds, "", () => (isOver = true));
  while (!isOver) await schedule.step();
}

type Ask = (method: string, target: string, body?: Buffer) => Promise<number>;

/** Asks a server in another's name, with a key of its. */
function asker(world: World, { name: serverName }: SimServer, key: TenantKey, victim: SimServer): Ask {
  const place = { hostname: victim.name, port: 443, isSecure: true, mayBePrivate: false };
  return async (method, target, body) => {
    const unsigned = { method, target: `${PREFIX}${target}`, body };
    const headers = signRequest(unsigned, { serverName, key }, victim.name, world.schedule.now);
    const outgoing = { ...unsigned, headers, deadlineMs: 30_000, mostBytes: 1e6 };
    return (await world.settle(world.net.ask(serverName, place, outgoing), "a request")).status;
  };
}

async function use(world: World, server: SimServer, key: TenantKey, victim: SimServer): Promise<void> {
  const ask = asker(world, server, key, victim);
  // Who has just looked, be it in vain, takes no notice of the first.
  for (let looks = 0; looks < 2; looks++) {
    await ask("GET", "/profile/ann");
    await pass(world, 61_000);
  }
  const items = roomsBoth(server, victim).map((room) => ({ type: "submit", event: forged(server, key, room) }));
  if (items.length > 0) await ask("POST", "/send", Buffer.from(JSON.stringify({ items })));
  if ((await ask("GET", "/profile/ann")) !== 401)
    world.violated(`I32 ${victim.name} still takes ${key.keyId} of ${server.name}`);
}

/** Rooms of one server in which another's people are. */
function roomsBoth(server: SimServer, hub: SimServer): string[] {
  const sql = `SELECT r.room_id FROM deliveries d JOIN rooms r ON r.tenant_no = d.tenant_no AND r.room_no = d.room_no
    WHERE d.tenant_no = $1 AND d.server_name = $2 AND d.joined > 0`;
  return (hub.disk.writer.all(sql, [hub.tenantNo, server.name]) as { room_id: string }[]).map(({ room_id }) => room_id);
}

function forged(server: SimServer, key: TenantKey, room_id: string): object {
  const salt = newSalt();
  const content = { body: "deed 0" };
  const own = peopleIn(server, room_id).find(({ fqid }) => fqid.endsWith(`:${server.name}`));
  const proposal = {
    room_id: room_id as never,
    id: newId<EventId>("event"),
    event_type: "swp.room.message",
    sender: (own?.fqid ?? `@ann:${server.name}`) as Fqid,
    acted_by: null,
    origin_ts: server.now(),
    content_hash: sha256(contentHashText(canonical(content), salt)),
  };
  const signature = { key_id: key.keyId, value: signWith(key, proposalText(proposal)) };
  return { v: 1, ...proposal, content, salt, signature };
}
