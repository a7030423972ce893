import { isIPv6 } from "node:net";
import type { Place } from "../../lib/outbound.ts";

/** Server names that the operator gave a place of its own, as `http://10.0.0.7:8080` or `https://acme.internal`. */
export type Hosts = ReadonlyMap<string, string>;

/** Where a server is reached: under its own name, or where the operator says (FD21). */
export function placeOf(hosts: Hosts, serverName: string): Place {
  const base = hosts.get(serverName);
  if (base === undefined) {
    const [hostname, port = "443"] = serverName.split(":") as [string, string?];
    return { hostname, port: Number(port), isSecure: true, mayBePrivate: false };
  }
  const { hostname, port, protocol } = new URL(base);
  const isSecure = protocol === "https:";
  const bare = hostname.slice(1, -1);
  return {
    hostname: isIPv6(bare) ? bare : hostname,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    isSecure,
    mayBePrivate: true,
  };
}
