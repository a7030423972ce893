import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../../db/index.ts";
import type { RoomRef } from "../../events/index.ts";
import { listRecoveriesOf } from "../../peers/index.ts";

const RETRY_SECONDS = 5;

/**
 * Refuses to sequence in a room of ours while, after the store was restored, servers that have its log are still to be asked
 * for what came after the backup (FD17): `SW_UNAVAILABLE`.
 */
export async function mayAppend(tx: Tx, at: RoomRef): Promise<void> {
  const waiting = await listRecoveriesOf(tx, at);
  if (waiting.length === 0) return;
  const names = waiting.map(({ serverName }) => serverName);
  throw new StairwellError("SW_UNAVAILABLE", {
    rule: "FD17",
    message: `The server was restored from a backup, and waits for what others have of this room: ${names.join(", ")}.`,
    retryAfterSeconds: RETRY_SECONDS,
    details: { waiting_for: names },
  });
}
