import { hash } from "node:crypto";
import { invalid } from "@stairwell/protocol";
import { Sealer } from "./sealer.ts";

/** What a cursor is bound to: with anything else it is refused (AP7). */
export interface CursorScope {
  readonly tenantNo: number;
  readonly participantNo: number;
  /** The list's operation id. */
  readonly operation: string;
  /** What else the list was asked for: path parameters, filters and sort, without `limit` and `cursor`. */
  readonly filters: Readonly<Record<string, unknown>>;
}

/** The sort key of the last row of a page. */
export type CursorKey = readonly (string | number | null)[];

/**
 * Opaque list cursors. They are sealed and not only signed, since keys hold internal numbers, which never
 * leave the server.
 */
export class Cursors {
  readonly #sealer: Sealer;

  constructor(secret: Uint8Array) {
    this.#sealer = new Sealer(secret, "cursor");
  }

  encode(scope: CursorScope, key: CursorKey): string {
    return this.#sealer.seal(JSON.stringify(key), contextOf(scope));
  }

  /** The key, with the types it was encoded with. `SW_REQUEST_INVALID` at `?cursor` for any text but a cursor of this scope. */
  decode(scope: CursorScope, text: string): CursorKey {
    const key = this.#sealer.open(text, contextOf(scope));
    if (key === undefined) throw invalid("?cursor", "is not a cursor of this list and caller");
    return JSON.parse(key) as CursorKey;
  }
}

/** Filters that were left out and filters that are undefined are the same; the order of keys makes no difference. */
function contextOf({ tenantNo, participantNo, operation, filters }: CursorScope): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  given.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${tenantNo}:${participantNo}:${operation}:${hash("sha256", JSON.stringify(given))}`;
}
