import { sha256 } from "../lib/random.ts";

const CURSOR = /^([0-9a-f]{12})\.([0-9a-z]{1,11})$/;

/**
 * A place in a tenant's commits, as clients keep it: opaque, and the same text for every receiver (ST1). The mark of
 * the tenant's id keeps cursors of other tenants and other stores apart: ids are never made twice.
 */
export function cursorText(tenant: { readonly tenantId: string }, seq: number): string {
  return `${markOf(tenant.tenantId)}.${seq.toString(36)}`;
}

/** The sequence a cursor stands for; undefined for a text that is no cursor of this tenant. */
export function readCursor(tenant: { readonly tenantId: string }, text: string): number | undefined {
  const parts = CURSOR.exec(text);
  if (parts === null || parts[1] !== markOf(tenant.tenantId)) return undefined;
  const seq = Number.parseInt(parts[2]!, 36);
  return Number.isSafeInteger(seq) ? seq : undefined;
}

const marks = new Map<string, string>();

function markOf(tenantId: string): string {
  let mark = marks.get(tenantId);
  if (mark === undefined) marks.set(tenantId, (mark = sha256(tenantId).slice(0, 12)));
  return mark;
}
