import { isUtf8 } from "node:buffer";
import { type Descriptor, DescriptorFault, readDescriptor } from "@stairwell/protocol/signing";
import { verifyEd25519 } from "../../lib/ed25519.ts";
import { type Answered, OutboundFault, type WayOut } from "../../lib/outbound.ts";
import { OUTBOUND_LIMITS } from "../outbound/limits.ts";
import { type Hosts, placeOf } from "./place.ts";

const PATH = "/.well-known/stairwell/server";
const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i;

/** Why nothing could be learned of a server, as a sentence for administrators; nobody else is told. */
export class DiscoveryFault extends Error {
  override readonly name = "DiscoveryFault";
}

/** Fetches the descriptor of a server by its own name (FD3). `now`: Unix milliseconds. Throws `DiscoveryFault`. */
export async function fetchDescriptor(
  outbound: WayOut,
  hosts: Hosts,
  serverName: string,
  now: number,
): Promise<Descriptor> {
  try {
    const headers = {
      host: serverName,
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": "stairwell",
    };
    // Asked once an hour: no connection is worth keeping for it, and none that may be closed is tried.
    const asked = { method: "GET", target: PATH, headers, isApart: true, ...OUTBOUND_LIMITS };
    const answer = await outbound.ask(placeOf(hosts, serverName), asked);
    return readDescriptor(textOf(answer), serverName, now, verifyEd25519);
  } catch (cause) {
    throw new DiscoveryFault(`${serverName} cannot be known: ${reasonOf(cause)}`, { cause });
  }
}

function textOf({ status, headers, body }: Answered): string {
  if (status >= 300 && status < 400) {
    throw new DescriptorFault(`It redirects (${status}), which is not followed: serve ${PATH} under the name itself.`);
  }
  const why = status === 404 ? ": it has no tenant of this name, or a proxy before it does not pass on `Host`" : "";
  if (status !== 200) throw new DescriptorFault(`It answers ${status} to GET ${PATH}${why}.`);
  if (!JSON_TYPE.test(headers["content-type"] ?? ""))
    throw new DescriptorFault("Its descriptor is not application/json.");
  if (!isUtf8(body)) throw new DescriptorFault("Its descriptor is not UTF-8.");
  return body.toString("utf8");
}

function reasonOf(error: unknown): string {
  if (error instanceof DescriptorFault) return error.message.replace(/^I/, "i");
  if (!(error instanceof OutboundFault)) throw error;
  const advice = error.message.endsWith(" not of the public internet")
    ? "; where it is meant to be on a private network, give its address in federation.hosts"
    : "";
  return `${error.message}${advice}.`;
}
