import type { EventId, Fqid, RoomId } from "@stairwell/protocol";
import type { AuditAction } from "@stairwell/protocol/api";
import type { Reader, Tx, Value } from "../db/index.ts";
import type { AuditRecord } from "./entry.ts";

interface AuditRow {
  number: number;
  at: number;
  action: AuditAction;
  actor: string;
  target: string | null;
  room_id: string | null;
  event_id: string | null;
  details: string;
  request_id: string | null;
}

const COLUMNS = "number, at, action, actor, target, room_id, event_id, details, request_id";

/** What a list of the audit asks for; all that is given must hold. */
export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly roomId?: string | undefined;
  /** Unix milliseconds: not before `from`, before `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export function findNewest(reader: Reader, tenantNo: number): Promise<{ number: number; at: number } | undefined> {
  return reader.get("SELECT number, at FROM audit WHERE tenant_no = $1 ORDER BY number DESC LIMIT 1", tenantNo);
}

export async function insertRecord(tx: Tx, tenantNo: number, record: AuditRecord): Promise<void> {
  await tx.run(
    `INSERT INTO audit (tenant_no, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    tenantNo,
    record.number,
    record.at,
    record.action,
    record.actor,
    record.target,
    record.roomId,
    record.eventId,
    JSON.stringify(record.details),
    record.requestId,
  );
}

/** Records below a number, newest first. */
export async function listRecords(
  reader: Reader,
  tenantNo: number,
  filter: AuditFilter,
  before: number | undefined,
  limit: number,
): Promise<AuditRecord[]> {
  const values: Value[] = [tenantNo, limit];
  const where = ["tenant_no = $1"];
  const equal = { action: filter.action, actor: filter.actor, target: filter.target, room_id: filter.roomId };
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) where.push(`${column} = $${values.push(value)}`);
  }
  if (before !== undefined) where.push(`number < $${values.push(before)}`);
  // Times never fall from record to record, so a range of them is one of numbers, and nothing outside is looked at.
  if (filter.from !== undefined) where.push(`number >= ${firstFrom(values.push(filter.from))}`);
  if (filter.to !== undefined) where.push(`number < ${firstFrom(values.push(filter.to))}`);
  const rows = await reader.all<AuditRow>(
    `SELECT ${COLUMNS} FROM audit WHERE ${where.join(" AND ")} ORDER BY number DESC LIMIT $2`,
    ...values,
  );
  return rows.map(toRecord);
}

/** The number of the first record that is not before a time, or one that no record has. */
function firstFrom(value: number): string {
  return `coalesce((SELECT min(number) FROM audit WHERE tenant_no = $1 AND at = (SELECT min(at) FROM audit WHERE tenant_no = $1 AND at >= $${value})), 9007199254740991)`;
}

/** What the audit says of a room's events, in their order. */
export async function listRecordsOfLog(reader: Reader, tenantNo: number, roomId: string): Promise<AuditRecord[]> {
  const rows = await reader.all<AuditRow>(
    `SELECT ${COLUMNS} FROM audit WHERE tenant_no = $1 AND room_id = $2 AND event_id IS NOT NULL ORDER BY number`,
    tenantNo,
    roomId,
  );
  return rows.map(toRecord);
}

function toRecord(row: AuditRow): AuditRecord {
  return {
    number: row.number,
    at: row.at,
    action: row.action,
    actor: row.actor as Fqid,
    target: row.target as Fqid | null,
    roomId: row.room_id as RoomId | null,
    eventId: row.event_id as EventId | null,
    details: JSON.parse(row.details) as Record<string, unknown>,
    requestId: row.request_id,
  };
}
