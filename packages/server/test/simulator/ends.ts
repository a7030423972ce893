import { canonical } from "@stairwell/protocol";
import type { WireState } from "@stairwell/protocol/federation";
import { stateOf } from "../../src/federation/hub/state-of.ts";
import { findRoom } from "../../src/state/index.ts";
import { verify } from "../../src/verify/index.ts";
import type { Book } from "./book.ts";
import type { People } from "./people.ts";
import type { SimServer } from "./server.ts";

interface Share {
  readonly room_id: string;
  readonly hub: string;
  readonly server_name: string;
  readonly first_position: number | null;
  readonly last_position: number | null;
  readonly confirmed_position: number;
  readonly joined: number;
}

const SHARES = `SELECT r.room_id, r.hub, d.server_name, d.first_position, d.last_position, d.confirmed_position, d.joined
  FROM deliveries d JOIN rooms r ON r.tenant_no = d.tenant_no AND r.room_no = d.room_no
  WHERE d.tenant_no = $1 ORDER BY r.room_no, d.server_name`;

/** Where a replica ends; undefined where it is none. */
function endAt(
  { disk, tenantNo }: SimServer,
  roomId: string,
): { position: number; hash: string; state: string } | undefined {
  return disk.writer.get(
    `SELECT e.position, e.hash, p.state FROM rooms r
     JOIN replicas p ON p.tenant_no = r.tenant_no AND p.room_no = r.room_no
     JOIN events e ON e.tenant_no = r.tenant_no AND e.room_no = r.room_no
     WHERE r.tenant_no = $1 AND r.room_id = $2 ORDER BY e.position DESC LIMIT 1`,
    [tenantNo, roomId],
  ) as { position: number; hash: string; state: string } | undefined;
}

/**
 * What is still on its way between servers that keep to the rules; undefined when nothing is. I28, I29: whatever our people
 * proposed has a fate, whoever is to be told is told, and every replica is where its hub says it is to be.
 */
export function unfinished(servers: readonly SimServer[], book: Book): string | undefined {
  const named = new Map(servers.map((server) => [server.name, server]));
  for (const { name, disk, tenantNo } of servers) {
    const waiting = disk.writer.get(
      "SELECT event_id, server_name FROM proposals WHERE tenant_no = $1 AND state IN ('waiting', 'sent')",
      [tenantNo],
    ) as { event_id: string; server_name: string } | undefined;
    if (waiting !== undefined && named.has(waiting.server_name)) return `I29 ${name}: ${waiting.event_id} has no fate`;
    const outgoing = disk.writer.get("SELECT server_name, kind, number FROM outgoing WHERE tenant_no = $1", [
      tenantNo,
    ]) as { server_name: string; kind: string } | undefined;
    if (outgoing !== undefined && named.has(outgoing.server_name)) {
      return `I28 ${name}: ${outgoing.server_name} was not told of ${outgoing.kind}`;
    }
    for (const share of disk.writer.all(SHARES, [tenantNo]) as Share[]) {
      const other = named.get(share.server_name);
      if (share.hub !== name || share.first_position === null || other === undefined) continue;
      const { rows } = book.rooms.get(share.room_id)!;
      const due = share.last_position ?? rows.length;
      const end = endAt(other, share.room_id);
      if (end?.state === "conflict")
        return `I26 ${other.name} says that ${name} has said two things of ${share.room_id}`;
      if (end === undefined || end.position !== due || end.hash !== rows[due - 1]!.hash || end.state === "invited") {
        return `I28 ${other.name} has ${end?.position} of ${share.room_id}, and is due ${due}`;
      }
      if (share.confirmed_position < due) return `I28 ${name} does not know that ${other.name} has ${due}`;
    }
  }
  return undefined;
}

/** I28: where two servers have the same log of a room they have the same room. Undefined when they do. */
export async function disagreement(servers: readonly SimServer[], book: Book): Promise<string | undefined> {
  for (const [roomId, { hub, rows }] of book.rooms) {
    if (!servers.includes(hub)) continue;
    const at = await stateAt(hub, roomId);
    for (const other of servers) {
      const end = other === hub ? undefined : endAt(other, roomId);
      if (end?.position !== rows.length || end.state === "invited") continue;
      const there = await stateAt(other, roomId);
      if (canonical(there as never) !== canonical(at as never)) {
        return `I28 ${other.name} has another state of ${roomId}:\n${canonical(there as never)}\n${canonical(at as never)}`;
      }
    }
  }
  return undefined;
}

async function stateAt({ db, tenant }: SimServer, roomId: string): Promise<Omit<WireState, "room_alias">> {
  const { room_alias: _, ...state } = await stateOf(db, (await findRoom(db, tenant.tenantNo, roomId))!);
  return state;
}

/** I2 to I5: what the server itself finds wrong with its store. */
export async function damageOf({ name, db }: SimServer): Promise<string | undefined> {
  const [first] = (await verify(db)).findings;
  return first && `I5 ${name}: ${first.roomId} ${first.position ?? ""} ${first.problem}`;
}

/** I29: what somebody was told is kept came to the log, or they can learn that it was refused. */
export function fateless({ pending }: People, book: Book): string | undefined {
  for (const { server, deed, id, isLeave } of pending) {
    const { state } = (server.disk.writer.get("SELECT state FROM proposals WHERE tenant_no = $1 AND event_id = $2", [
      server.tenantNo,
      id,
    ]) ?? {}) as {
      state?: string;
    };
    if (state === undefined && !isLeave) return `I29 ${server.name}: ${id} (${deed.number}) is forgotten`;
    const isThere = [...book.rooms.values()].some(({ rows }) => rows.some((row) => row.id === id));
    if (state === "refused" && isThere)
      return `I29 ${server.name}: ${id} (${deed.number}) was refused, and is in a log`;
  }
  return undefined;
}
