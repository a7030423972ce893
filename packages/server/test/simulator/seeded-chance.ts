import { V7Generator } from "uuidv7";
import { Random } from "@stairwell/testing";
import type { Chance } from "../../src/lib/random.ts";

/** What the servers of a world draw: the same for the same seed. `now`: Unix milliseconds. */
export function seededChance(seed: number, now: () => number): Chance {
  const random = new Random(seed);
  const uint32 = (): number => Math.floor(random.next() * 2 ** 32);
  const ids = new V7Generator({ nextUint32: uint32 });
  return {
    bytes(count) {
      const bytes = Buffer.alloc(Math.ceil(count / 4) * 4);
      for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32BE(uint32(), at);
      return bytes.subarray(0, count);
    },
    uuid: () => ids.generateOrResetCore(now(), 10_000).toString(),
  };
}
