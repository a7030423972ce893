import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Networks } from "../lib/networks.ts";

/** The address that a request came from. */
export type CallerOf = (request: IncomingMessage) => string;

/**
 * Reads who called past the proxies that are trusted: each adds to `X-Forwarded-For` whom it was called by, so that the
 * last who is no such proxy is whom one of them saw. What stands before that anybody may have written.
 */
export function callerBehind(proxies: Networks | undefined): CallerOf {
  return ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? "");
    if (proxies === undefined) return address;
    // Several fields of this name are one, parted by commas.
    const said = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
    while (proxies.has(address)) {
      const before = plain(said.pop()?.trim() ?? "");
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  };
}

/** Of an IPv4 caller at a socket that listens for both. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, "");
}
