import type { Fqid } from "@stairwell/protocol";
import type { Reader, Tx } from "../../db/index.ts";
import type { RoomRef } from "../../events/index.ts";

/** What another server is to be told besides the logs that it shares. */
export type Outgoing = { readonly number: number; readonly roomNo: number } & (
  | { readonly kind: "invite"; readonly position: number }
  | { readonly kind: "resign"; readonly participant: Fqid; readonly cause: "deactivated" | "defederated" }
  /** What somebody is called by the time it is told. */
  | { readonly kind: "profile"; readonly participant: Fqid }
);

type New = Outgoing extends infer Each ? (Each extends Outgoing ? Omit<Each, "number" | "roomNo"> : never) : never;

export async function insertOutgoing(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  serverName: string,
  what: New,
): Promise<void> {
  await insertAs(tx, { tenantNo, roomNo }, serverName, await nextNumber(tx, tenantNo, serverName), what);
}

async function nextNumber(tx: Tx, tenantNo: number, serverName: string): Promise<number> {
  const last = await tx.get<{ number: number | null }>(
    "SELECT max(number) AS number FROM outgoing WHERE tenant_no = $1 AND server_name = $2",
    tenantNo,
    serverName,
  );
  return (last?.number ?? 0) + 1;
}

async function insertAs(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  serverName: string,
  number: number,
  what: New,
): Promise<void> {
  await tx.run(
    `INSERT INTO outgoing (tenant_no, server_name, number, kind, room_no, position, participant, cause)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    tenantNo,
    serverName,
    number,
    what.kind,
    roomNo,
    what.kind === "invite" ? what.position : null,
    what.kind === "invite" ? null : what.participant,
    what.kind === "resign" ? what.cause : null,
  );
}

/** Has a server told what one of ours is called: once, however often that changed meanwhile. */
export async function insertProfile(tx: Tx, tenantNo: number, serverName: string, participant: Fqid): Promise<void> {
  // What is under way may say the name of before: another number is another telling, so it is taken while that has its own.
  const number = await nextNumber(tx, tenantNo, serverName);
  await tx.run(
    "DELETE FROM outgoing WHERE tenant_no = $1 AND server_name = $2 AND kind = 'profile' AND participant = $3",
    tenantNo,
    serverName,
    participant,
  );
  await insertAs(tx, { tenantNo, roomNo: 0 }, serverName, number, { kind: "profile", participant });
}

export async function listOutgoing(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  limit: number,
): Promise<Outgoing[]> {
  const rows = await reader.all<{
    number: number;
    kind: Outgoing["kind"];
    room_no: number;
    position: number;
    participant: Fqid;
    cause: "deactivated" | "defederated";
  }>(
    `SELECT number, kind, room_no, position, participant, cause FROM outgoing
     WHERE tenant_no = $1 AND server_name = $2 ORDER BY number LIMIT $3`,
    tenantNo,
    serverName,
    limit,
  );
  return rows.map(({ number, kind, room_no: roomNo, position, participant, cause }) => {
    if (kind === "invite") return { number, roomNo, kind, position };
    return kind === "resign" ? { number, roomNo, kind, participant, cause } : { number, roomNo, kind, participant };
  });
}

/** A server was told something. What has its number by now, since it was taken back meanwhile, is still to be told. */
export function deleteOutgoing(tx: Tx, tenantNo: number, serverName: string, told: Outgoing): Promise<number> {
  return tx.run(
    `DELETE FROM outgoing WHERE tenant_no = $1 AND server_name = $2 AND number = $3 AND kind = $4 AND room_no = $5
     AND coalesce(position, 0) = $6 AND coalesce(participant, '') = $7`,
    tenantNo,
    serverName,
    told.number,
    told.kind,
    told.roomNo,
    told.kind === "invite" ? told.position : 0,
    told.kind === "invite" ? "" : told.participant,
  );
}

/** A room is shared no more: whoever was not told of an invite to it yet is not told. */
export function dropInvites(tx: Tx, { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">): Promise<number> {
  return tx.run("DELETE FROM outgoing WHERE tenant_no = $1 AND room_no = $2 AND kind = 'invite'", tenantNo, roomNo);
}
