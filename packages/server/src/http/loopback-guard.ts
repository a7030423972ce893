import type { IncomingMessage } from "node:http";
import { StairwellError } from "@stairwell/protocol";

/** `localhost`, names below it, and loopback addresses; with or without a port. */
const LOOPBACK_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}

export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/**
 * Development mode takes guessable credentials, so that a web page must not reach it through the developer's browser:
 * not under a name of its own that resolves to this machine, and not from another origin.
 * `SW_AUTH_INSUFFICIENT_PERMISSION` otherwise.
 */
export function guardLoopback(request: IncomingMessage): void {
  const { host = "", origin } = request.headers;
  if (!isLoopbackHost(host)) throw refused("Development mode answers only under a loopback name such as localhost.");
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    throw refused("Development mode answers no other origin.");
  }
}

function refused(message: string): StairwellError {
  return new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", { message, rule: "AU4" });
}
