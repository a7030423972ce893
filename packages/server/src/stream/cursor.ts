import type { Reader } from "../db/index.ts";
import { findNewest, findPlaceAt, type Place } from "../events/index.ts";
import { sha256 } from "../lib/random.ts";
import type { Tenant } from "../tenants/index.ts";

type TenantRef = Pick<Tenant, "tenantNo" | "tenantId">;

const CURSOR = /^([0-9a-f]{12})\.([0-9a-z]{1,11})$/;
/** So much of an event's hash tells it from every other that could ever stand at its sequence. */
const MARK = 12;

/**
 * A place in a tenant's commits, as clients keep it: opaque, and the same text for every receiver (ST1). It names the
 * event that stands there by its hash: a sequence alone would be taken for its own by a store that was restored from an
 * older copy, which gives it to another event, and what the client has not seen of that store would be passed over.
 */
export function cursorText({ seq, hash }: Place): string {
  return `${hash.slice(0, MARK)}.${seq.toString(36)}`;
}

/** The place a cursor stands for; undefined for a text that is no cursor of this tenant in this store. */
export async function readCursor(reader: Reader, tenant: TenantRef, text: string): Promise<Place | undefined> {
  const [, mark, digits] = CURSOR.exec(text) ?? [];
  if (mark === undefined || digits === undefined) return undefined;
  const seq = Number.parseInt(digits, 36);
  if (!Number.isSafeInteger(seq)) return undefined;
  const place = seq === 0 ? beginning(tenant) : await findPlaceAt(reader, tenant.tenantNo, seq);
  return place?.hash.startsWith(mark) === true ? place : undefined;
}

/** Where a tenant's commits end now. */
export async function newestPlace(reader: Reader, tenant: TenantRef): Promise<Place> {
  return (await findNewest(reader, tenant.tenantNo)) ?? beginning(tenant);
}

/** Before the first event there is none to name: the tenant itself is. */
function beginning({ tenantId }: TenantRef): Place {
  return { seq: 0, hash: sha256(tenantId) };
}
