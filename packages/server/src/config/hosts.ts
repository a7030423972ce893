import { isPeerName } from "@stairwell/protocol/signing";

/** `https://HOST` or `http://HOST`, without a path. */
export function isOrigin(text: string): boolean {
  if (!/^https?:/.test(text) || !URL.canParse(text)) return false;
  const bare = text.replace(/\/$/, "");
  // An origin has no port where it is the scheme's own.
  return [bare, bare.replace(/:(?:80|443)$/, "")].includes(new URL(text).origin);
}

/** What is wrong with a map of server names to base URLs, a sentence each. */
export function hostProblems(hosts: Readonly<Record<string, unknown>>, place: string): string[] {
  return Object.entries(hosts).flatMap(([name, base]) => {
    if (!isPeerName(name)) {
      return [`${place} has ${name}, which is no server name; in a file, put names in quotes: "acme.example" = "…"`];
    }
    if (typeof base === "string" && isOrigin(base)) return [];
    return [`${place} must give ${name} as https://HOST or http://HOST, without a path`];
  });
}

/** Reads `NAME=URL`, parted by commas or spaces, as an environment variable has it; undefined when it is none. */
export function hostsOf(text: string): Record<string, string> | undefined {
  const pairs = text.split(/[\s,]+/).filter((pair) => pair !== "");
  const hosts = pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
  return pairs.every((pair) => pair.includes("=")) ? (Object.fromEntries(hosts) as Record<string, string>) : undefined;
}
