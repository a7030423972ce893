import type { EventId, Fqid, RoomId } from "@stairwell/protocol";
import type { AuditAction } from "@stairwell/protocol/api";

/** Who acted when it was nobody of the tenant: whoever runs the deployment. */
export const OPERATOR = "operator";

/** One act, as the audit is told of it. Never content of messages, names of rooms, or texts of reasons. */
export interface AuditEntry {
  readonly tenantNo: number;
  readonly action: AuditAction;
  /** A participant, the server itself as `@:server_name`, or the operator. */
  readonly actor: Fqid | typeof OPERATOR;
  /** The participant acted on. */
  readonly target?: Fqid | undefined;
  readonly roomId?: RoomId | undefined;
  /** The event of the room's log that says the same. */
  readonly eventId?: EventId | undefined;
  /** What else there is to know, as it goes over the wire: ids, roles, numbers, times. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** An act on record. */
export interface AuditRecord {
  /** 1, 2, 3 … in each tenant. */
  readonly number: number;
  /** Unix milliseconds; never less than in the record before. */
  readonly at: number;
  readonly action: AuditAction;
  readonly actor: Fqid | typeof OPERATOR;
  readonly target: Fqid | null;
  readonly roomId: RoomId | null;
  readonly eventId: EventId | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Null for the operator's commands and the server's own jobs. */
  readonly requestId: string | null;
}
