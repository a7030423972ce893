import type { Fault } from "@stairwell/protocol";
import { readNatsUrl } from "../bus/index.ts";
import { checkerOf } from "../lib/checker.ts";
import { readNetworks } from "../lib/networks.ts";
import { hostProblems, isOrigin } from "./hosts.ts";
import { isLoopback, parseListen } from "./listen.ts";
import { type Config, type Setting, SETTINGS } from "./schema.ts";
import { fromEnvironment, fromFile, fromFlags, type Given, type Source } from "./sources.ts";

/** The settings as they are in force, and where each comes from. */
export interface Loaded {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Given["source"] | "default">;
}

/** Everything that is wrong with the configuration, a sentence each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

export interface ConfigInput {
  /** By setting: `{ listen, data, dev }`. */
  flags?: Readonly<Record<string, string | boolean | undefined>>;
  /** The TOML file; else the one that `STAIRWELL_CONFIG` names, if any. */
  file?: string | undefined;
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Flags, then the environment, then the file, then the defaults. Throws `ConfigError` for unknown settings, values that
 * are not what they must be, development mode on an address that others reach, and half an S3 store.
 */
export async function loadConfig({ flags = {}, file, environment = process.env }: ConfigInput = {}): Promise<Loaded> {
  const path = file ?? environment.STAIRWELL_CONFIG;
  const inFile: Source = path === undefined ? { given: new Map(), problems: [] } : await fromFile(path);
  const bySource = [fromFlags(flags), fromEnvironment(environment), inFile];
  const problems = bySource.flatMap((source) => source.problems);
  const sources = new Map<string, Given["source"] | "default">();
  const config: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    // Values that a stronger source hides are checked too: they would bite when it goes away.
    const given = bySource.flatMap((source) => source.given.get(setting.key) ?? []);
    for (const each of given) problems.push(...problemsOf(setting, each));
    put(config, setting.key, given[0] === undefined ? setting.schema.default : given[0].value);
    sources.set(setting.key, given[0]?.source ?? "default");
  }
  const loaded = { config: config as unknown as Config, sources };
  if (problems.length === 0) problems.push(...contradictions(loaded.config));
  if (problems.length > 0) throw new ConfigError(problems);
  return loaded;
}

function problemsOf(setting: Setting, { value, place }: Given): string[] {
  const faults: Fault[] = [];
  checkerOf(setting.schema).explain(value, "", faults);
  if (faults.length > 0) return faults.map(({ reason }) => `${place} ${formOf(setting, place) ?? reason}`);
  if (setting.key === "listen" && parseListen(value as string) === undefined) return [`${place} must be HOST:PORT`];
  if (ORIGINS.has(setting.key) && !isOrigin(value as string))
    return [`${place} must be https://HOST or http://HOST, without a path`];
  if (setting.key === "trusted_proxies" && readNetworks(value as string) === undefined)
    return [`${place} must be addresses or networks, as 10.0.0.0/8, parted by commas`];
  if (setting.key === "bus.url" && readNatsUrl(value as string) === undefined)
    return [`${place} must be nats://HOST:PORT or tls://HOST:PORT`];
  return setting.key === "federation.hosts" ? hostProblems(value as Record<string, unknown>, place) : [];
}

/** What a value must be like, where the schema's own reason is a pattern, or of what the environment cannot have. */
function formOf({ key }: Setting, place: string): string | undefined {
  if (key === "store.url") return "must be postgres://USER:PASSWORD@HOST:PORT/DATABASE";
  if (key === "media.s3.bucket") return "must be a bucket's name: 3 to 63 of a-z, 0-9, . and -";
  if (key === "bus.prefix") return "must be 1 to 64 of A-Z, a-z, 0-9, _ and -";
  return key === "federation.hosts" && place.startsWith("STAIRWELL_")
    ? "must be NAME=URL, parted by commas"
    : undefined;
}

const ORIGINS: ReadonlySet<string> = new Set(["public_url", "media.s3.endpoint"]);

function contradictions({ dev, listen, media, store, bus }: Config): string[] {
  const problems: string[] = [];
  if (bus.url !== undefined && store.url === undefined) {
    problems.push("bus.url is for servers that share a store: name it in store.url");
  }
  if (dev && !isLoopback(parseListen(listen)!)) {
    problems.push(
      `development mode lets anybody in who can reach it, and does not listen on ${listen}; use 127.0.0.1 or localhost`,
    );
  }
  const missing = NEEDED_OF_S3.filter((key) => media.s3[key] === undefined);
  if (missing.length > 0 && missing.length < NEEDED_OF_S3.length) {
    problems.push(`media.s3 needs ${missing.join(", ")} too`);
  }
  return problems;
}

const NEEDED_OF_S3 = ["endpoint", "bucket", "access_key", "secret_key"] as const;

/** Sets `a.b` of a nested object; a section is there even when all of it is absent. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  const dot = key.indexOf(".");
  if (dot === -1) {
    if (value !== undefined) object[key] = value;
    return;
  }
  const section = (object[key.slice(0, dot)] ??= {}) as Record<string, unknown>;
  put(section, key.slice(dot + 1), value);
}
