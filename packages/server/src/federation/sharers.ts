import type { Reader } from "../db/index.ts";
import type { StoredRoom } from "../state/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { listDeliveriesOf } from "./rows/deliveries.store.ts";

/** The servers with people in a room that this one speaks with: of a room of ours all, else the one that orders it. */
export async function sharersOf(reader: Reader, { serverName }: Tenant, at: StoredRoom): Promise<string[]> {
  if (at.hub !== serverName) return [at.hub];
  return (await listDeliveriesOf(reader, at)).filter(({ joined }) => joined > 0).map((delivery) => delivery.serverName);
}
