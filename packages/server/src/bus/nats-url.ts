/** What the NATS client is told of servers and credentials. */
export interface NatsServers {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
  tls?: object;
}

/**
 * Reads `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT]`, several after commas; the first one's credentials are for all.
 * `tls://` asks for TLS. Undefined for anything else.
 */
export function readNatsUrl(text: string): NatsServers | undefined {
  const urls = text.split(",").map((part) => (URL.canParse(part.trim()) ? new URL(part.trim()) : undefined));
  if (!urls.every((url) => url !== undefined)) return undefined;
  if (
    urls.some(({ protocol, host, pathname }) => !/^(?:nats|tls):$/.test(protocol) || host === "" || pathname.length > 1)
  ) {
    return undefined;
  }
  const { username, password } = urls[0]!;
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: urls.map(({ host }) => host),
    ...(user !== "" && (pass === "" ? { token: user } : { user, pass })),
    ...(urls.some(({ protocol }) => protocol === "tls:") && { tls: {} }),
  };
}

/** As `readNatsUrl`. Throws with a sentence for what is no such URL. */
export function natsServers(text: string): NatsServers {
  const servers = readNatsUrl(text);
  if (servers === undefined) throw new Error("the bus's URL must be nats://HOST:PORT");
  return servers;
}
