import type { Json } from "@stairwell/protocol";
import type { ItemResult } from "@stairwell/protocol/federation";
import type { Db } from "../../db/index.ts";
import type { Sharing } from "../sharing.ts";
import type { PeerRequest } from "./peer-request.ts";
import { Once } from "./once.ts";
import { itemsIn } from "./read-call.ts";

/**
 * Takes a batch of another server's, once (FD2); a result each. Parts of logs, which are recognised however often they come,
 * are taken with the request in one transaction; before anything else has an effect the request is. `SW_REQUEST_INVALID`,
 * `SW_FED_SIGNATURE` the second time.
 */
export async function takeSend(
  { db, sharing }: { readonly db: Db; readonly sharing: Pick<Sharing, "take"> },
  peer: PeerRequest,
  body: Buffer | null,
): Promise<ItemResult[]> {
  const once = new Once(db, peer);
  let items: readonly Json[];
  try {
    items = itemsIn(body);
  } catch (error) {
    await once.take();
    throw error;
  }
  if (!items.every(isOfLog)) await once.take();
  else await once.look();
  const results = await sharing.take(peer, items, (own) => once.during(own));
  await once.take();
  return results;
}

function isOfLog(item: Json): boolean {
  return (item as { type?: unknown } | null)?.type === "event";
}
