import { Type } from "@stairwell/protocol/schema";
import { takeAsOlderCopy } from "../admin/index.ts";
import { operation } from "./operation.ts";

/** The store was put back from an older copy, by other means than ours. */
export const storeRestored = operation({
  input: Type.Object({}),
  async run({ db }): Promise<{ to_ask: number }> {
    const to_ask = await db.write("deployment", takeAsOlderCopy);
    // Nobody has counted the tables of a database that was put back.
    db.wroteMuch();
    return { to_ask };
  },
});
