import type { ItemResult } from "@stairwell/protocol/federation";
import type { Db, Tx } from "../../db/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { confirm, findDelivery, setAside } from "../rows/deliveries.store.ts";
import { waitAfter } from "./back-off.ts";
import type { Addressed } from "./compose.ts";

/** What another server said of the part of a room's log that it was sent. */
interface Told {
  /** From where on it was due. */
  readonly from: number;
  /** The last position that it was sent. */
  sent: number;
  /** The last that it has, by its own word. */
  confirmed: number;
  error: string | undefined;
}

/**
 * Notes how far another server has the rooms of a batch, all in one write. A room of which it took nothing is set aside with
 * its reason, and tried again later, each time after a longer while: its log has an order, so that nothing of it can pass
 * what is refused, and the other rooms go on (FD16). `isWhole`: all was taken; `noting` settles when it is on record.
 */
export function noteLogs(
  db: Db,
  { tenantNo }: Tenant,
  serverName: string,
  batch: readonly Addressed[],
  results: readonly ItemResult[],
): { readonly isWhole: boolean; readonly noting: Promise<void> } {
  const rooms = toldOf(batch, results);
  if (rooms.size === 0) return { isWhole: true, noting: Promise.resolve() };
  const noting = db.write({ tenantNo }, async (tx) => {
    for (const [roomNo, told] of rooms) await note(tx, { tenantNo, roomNo }, serverName, told);
  });
  // Whoever waits for it hears of a failure, however late they come to it, and however else they fail.
  noting.catch(() => {});
  return { isWhole: [...rooms.values()].every(({ sent, confirmed }) => confirmed >= sent), noting };
}

function toldOf(batch: readonly Addressed[], results: readonly ItemResult[]): Map<number, Told> {
  const rooms = new Map<number, Told>();
  for (const [i, each] of batch.entries()) {
    if (each.kind !== "event") continue;
    const { from, position } = each;
    const told: Told = rooms.get(each.roomNo) ?? { from, sent: 0, confirmed: 0, error: undefined };
    rooms.set(each.roomNo, told);
    told.sent = Math.max(told.sent, position);
    const result = results[i]!;
    if (result.status === "confirmed") told.confirmed = Math.max(told.confirmed, result.position);
    else told.error ??= result.status === "refused" ? result.error.code : result.status;
  }
  return rooms;
}

async function note(
  tx: Tx,
  room: { readonly tenantNo: number; readonly roomNo: number },
  serverName: string,
  { from, sent, confirmed, error = "it has not taken what it was sent" }: Told,
): Promise<void> {
  // Nobody has what they were never sent: what they say beyond it counts for nothing.
  const position = Math.min(confirmed, sent);
  if (position >= from) {
    await confirm(tx, room, serverName, position);
    return;
  }
  const delivery = await findDelivery(tx, room, serverName);
  // Told by another request meanwhile.
  if (delivery === undefined || delivery.confirmedPosition >= from) return;
  const tries = delivery.tries + 1;
  await setAside(tx, room, serverName, { error, tries, until: tx.now + waitAfter(tries) });
}
