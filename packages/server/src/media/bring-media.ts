import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { NamedFile } from "./keep-file.ts";
import { takeIn, type TakeInParts, type TakenIn } from "./take-in.ts";

/**
 * Takes files in that came together, for no room that seals them: all of them in one transaction, in which `keep` is told
 * of each. Answers what they became, in their order. `SW_TENANT_CAPACITY` beyond the tenant's storage.
 */
export function bringMedia(
  parts: TakeInParts,
  actor: Actor,
  files: readonly NamedFile[],
  keep: (tx: Tx, taken: TakenIn) => Promise<void>,
): Promise<readonly TakenIn[]> {
  return takeIn(parts, actor, { roomNo: 0, key: null }, files, (record) =>
    parts.db.write(actor.tenant, async (tx) => {
      const taken = await record(tx);
      for (const one of taken) await keep(tx, one);
      return taken;
    }),
  );
}
