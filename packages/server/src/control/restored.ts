import { Type } from "@stairwell/protocol/schema";
import { skipSequences } from "../events/index.ts";
import { markRestored } from "../peers/index.ts";
import { operation } from "./operation.ts";

/**
 * The store is an older copy of itself: those who share rooms are asked for what came after it (FD17), and streams begin
 * anew (ST3).
 */
export const storeRestored = operation({
  input: Type.Object({}),
  run: async ({ db }): Promise<{ to_ask: number }> => ({
    to_ask: await db.write("deployment", async (tx) => {
      await skipSequences(tx);
      return markRestored(tx);
    }),
  }),
});
