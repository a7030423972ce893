import { createHmac, hkdfSync } from "node:crypto";

/**
 * Finds equal contents by a keyed hash, so that no row confirms a guess of what there was to one who has the rows alone:
 * under the server's secret, or under the key of an incognito room.
 */
export class Digests {
  readonly #key: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#key = derived(secret);
  }

  /** Lower-case hex. */
  of(tenantNo: number, roomKey: Uint8Array | null, sha256: string): string {
    const key = roomKey === null ? this.#key : derived(roomKey);
    return createHmac("sha256", key).update(`${tenantNo} ${sha256}`).digest("hex");
  }
}

function derived(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", "stairwell media digest", 32));
}
