export interface Address {
  host: string;
  port: number;
}

/** Reads `HOST:PORT`, where an IPv6 address is in brackets; undefined when it is not one. */
export function parseListen(text: string): Address | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):([0-9]{1,5})$/i.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) return undefined;
  return { host: (parts[1] ?? parts[2])!, port };
}

/** Reached from this machine only. */
export function isLoopback({ host }: Address): boolean {
  return /^(?:localhost|127(?:\.[0-9]{1,3}){3}|::1)$/i.test(host);
}
