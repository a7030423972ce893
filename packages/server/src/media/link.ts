import { Sealer } from "../lib/sealer.ts";
import type { MediaReader } from "./access.ts";

/** Milliseconds that a link is good for. */
export const LINK_MS = 5 * 60 * 1000;
const CONTEXT = "a link";

/** Whose right to read which medium a link carries, and until when, Unix milliseconds. */
export interface Link extends MediaReader {
  readonly mediaId: string;
  readonly expiresAt: number;
}

/** Makes links that only this server can make and read. */
export class Links {
  readonly #sealer: Sealer;

  constructor(secret: Uint8Array) {
    this.#sealer = new Sealer(secret, "media link");
  }

  make({ tenantNo, participantNo, mediaId, expiresAt }: Link): string {
    return this.#sealer.seal(JSON.stringify([tenantNo, participantNo, mediaId, expiresAt]), CONTEXT);
  }

  /** Undefined for what is no link, and for one that is over. */
  read(text: string, now: number): Link | undefined {
    const opened = this.#sealer.open(text, CONTEXT);
    if (opened === undefined) return undefined;
    const [tenantNo, participantNo, mediaId, expiresAt] = JSON.parse(opened) as [number, number, string, number];
    return expiresAt > now ? { tenantNo, participantNo, mediaId, expiresAt } : undefined;
  }
}
