import { StairwellError } from "@stairwell/protocol";
import { type Draft, STATE } from "@stairwell/protocol/room";
import type { Db } from "../../db/index.ts";
import type { RoomRef, Sequenced } from "../../events/index.ts";
import { setLifeHere } from "../../state/index.ts";

/**
 * Archives a room that is shared no more, or brings it back, for those of this server alone: nobody else has this copy, and
 * its log ends as it did (FD10). `SW_ROOM_FROZEN` for anything else that would change it.
 */
export async function putAway({ db }: { readonly db: Db }, at: RoomRef, { type, content }: Draft): Promise<Sequenced> {
  const { state } = content;
  if (type !== STATE || (state !== "archived" && state !== "open")) {
    throw new StairwellError("SW_ROOM_FROZEN", { rule: "FD10", message: "The room is shared no more." });
  }
  await db.write({ tenantNo: at.tenantNo }, (tx) => setLifeHere(tx, at, state, state === "archived" ? tx.now : null));
  return { roomNo: at.roomNo, events: [] };
}
