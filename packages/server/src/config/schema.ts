import type { Static, TSchema } from "typebox";
import { BUNDLE_LIMITS, LEAST_EXPANSION } from "@stairwell/protocol/bundle";
import { Type } from "@stairwell/protocol/schema";
import { LOG_LEVELS } from "../lib/log.ts";

const strict = { additionalProperties: false } as const;

/**
 * Every setting: what it must be, its default, and what the documentation says of it. `writeOnly` marks a secret.
 * A setting without a default may be absent.
 */
export const Settings = Type.Object(
  {
    listen: Type.String({
      default: "127.0.0.1:8080",
      description: "Where to listen, `HOST:PORT`. Port 0 takes a free one.",
    }),
    data: Type.String({
      minLength: 1,
      default: "./data",
      description: "The folder of the store and of the server's secret. Made when missing.",
    }),
    dev: Type.Boolean({
      default: false,
      description:
        "Development mode: `Bearer dev-NAME` signs in as NAME. Only on a loopback address, and only under loopback names.",
    }),
    store: Type.Object(
      {
        url: Type.Optional(
          Type.String({
            pattern: "^postgres(ql)?://.+/.+$",
            writeOnly: true,
            description:
              "The PostgreSQL database that has the rows, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, for one server or several. Without it they are in the data folder.",
          }),
        ),
      },
      strict,
    ),
    public_url: Type.Optional(
      Type.String({
        description:
          "Where the server is reached from outside, `https://HOST`: for links that it gives out, and its own description of its API.",
      }),
    ),
    trusted_proxies: Type.String({
      default: "",
      description:
        "Proxies before the server: addresses, or networks as `10.0.0.0/8`, parted by commas. Who calls is read from the `X-Forwarded-For` that they send; without them, whoever connects calls.",
    }),
    log: Type.Object(
      {
        level: Type.Union(
          LOG_LEVELS.map((level) => Type.Literal(level)),
          {
            default: "info",
            description: "The least that is logged. Lines are JSON, on standard error.",
          },
        ),
        requests: Type.Boolean({
          default: false,
          description:
            "A line for every request. Failures of the server and requests over a second are logged without it.",
        }),
      },
      strict,
    ),
    media: Type.Object(
      {
        max_bytes: Type.Integer({
          minimum: 1,
          maximum: 1_000_000_000_000,
          default: 104_857_600,
          description: "The largest file that may be uploaded, in bytes.",
        }),
        max_uploads: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 16,
          description: "How many files one person may be uploading at one time, on each node.",
        }),
        keep_unused_seconds: Type.Integer({
          minimum: 60,
          maximum: 31_536_000,
          default: 86_400,
          description: "How long an uploaded file is kept that no message names.",
        }),
        s3: Type.Object(
          {
            endpoint: Type.Optional(
              Type.String({
                description:
                  "Where an S3-compatible store is reached, `https://HOST`. With it files lie in its bucket, and none in the data folder.",
              }),
            ),
            bucket: Type.Optional(
              Type.String({
                pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
                description: "The bucket, which must be there.",
              }),
            ),
            region: Type.String({
              pattern: "^[A-Za-z0-9-]{1,64}$",
              default: "us-east-1",
              description: "The region that requests are signed for.",
            }),
            path_style: Type.Boolean({
              default: true,
              description: "Name the bucket in the path of a request; in its host name otherwise.",
            }),
            prefix: Type.String({
              pattern: "^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*$",
              maxLength: 200,
              default: "",
              description:
                "What the keys of all files begin with, ending in `/`, where the bucket holds other things too.",
            }),
            access_key: Type.Optional(
              Type.String({ minLength: 1, writeOnly: true, description: "Who signs the requests." }),
            ),
            secret_key: Type.Optional(
              Type.String({ minLength: 1, writeOnly: true, description: "What they sign with." }),
            ),
          },
          strict,
        ),
      },
      strict,
    ),
    bundles: Type.Object(
      {
        max_bytes: Type.Integer({
          minimum: 1,
          maximum: 1_000_000_000_000,
          default: BUNDLE_LIMITS.bytes,
          description: "The largest exported room that is imported, in bytes of the file.",
        }),
        max_entries: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: BUNDLE_LIMITS.entries,
          description: "How many files may be in it: its manifest, and one for each medium.",
        }),
        max_manifest_bytes: Type.Integer({
          minimum: 1,
          maximum: 1_000_000_000_000,
          default: BUNDLE_LIMITS.manifestBytes,
          description: "The largest manifest, unpacked, in bytes: all that was said in the room.",
        }),
        max_list_bytes: Type.Integer({
          minimum: 1,
          maximum: 1_000_000_000,
          default: BUNDLE_LIMITS.listBytes,
          description:
            "How much of the manifest, in bytes, may be people and media: an import needs some three times as much memory for it.",
        }),
        max_expansion: Type.Integer({
          minimum: LEAST_EXPANSION,
          maximum: 1100,
          default: BUNDLE_LIMITS.expansion,
          description:
            "To how many bytes it may unpack for each of the file. What a server exports stays below half of the least value.",
        }),
      },
      strict,
    ),
    bus: Type.Object(
      {
        url: Type.Optional(
          Type.String({
            description:
              "The NATS by which servers that share a store wake each other, `nats://[USER:PASSWORD@]HOST:PORT`, several after commas. Without it they look into the store five times a second, and do not tell each other who is typing or here.",
          }),
        ),
        prefix: Type.String({
          pattern: "^[A-Za-z0-9_-]{1,64}$",
          default: "stairwell",
          description: "What all subjects begin with: another one for each store on the same NATS.",
        }),
      },
      strict,
    ),
    metrics: Type.Object(
      {
        token: Type.Optional(
          Type.String({
            minLength: 16,
            writeOnly: true,
            description:
              "Whoever sends it as a bearer token may read `/metrics`. Without it, callers on this machine may who come without a proxy.",
          }),
        ),
      },
      strict,
    ),
    operator: Type.Object(
      {
        token: Type.Optional(
          Type.String({
            minLength: 32,
            writeOnly: true,
            description:
              "Whoever sends it as a bearer token may call `/v1/operator/…`: at least 128 random bits, as `openssl rand -hex 32` makes them. Without it nobody may.",
          }),
        ),
      },
      strict,
    ),
    federation: Type.Object(
      {
        hosts: Type.Unsafe<Record<string, string>>({
          type: "object",
          default: {},
          description:
            "Other servers that are not reached under their own name: server name to base URL, `https://HOST` or `http://HOST`. Such a place may be on a private network. In the environment: `NAME=URL`, parted by commas.",
        }),
      },
      strict,
    ),
    auth: Type.Object(
      {
        failures_per_minute: Type.Integer({
          minimum: 1,
          maximum: 1_000_000,
          default: 300,
          description:
            "Failed authentications from one address before they are answered 429. Right credentials always pass.",
        }),
      },
      strict,
    ),
  },
  strict,
);

export type Config = Static<typeof Settings>;

/** One setting, flat. */
export interface Setting {
  /** As in the file, `log.level`. */
  readonly key: string;
  /** As in the environment, `STAIRWELL_LOG_LEVEL`. */
  readonly variable: string;
  /** As on the command line, where there is one. */
  readonly flag: string | undefined;
  readonly schema: TSchema & { type?: string; default?: unknown; description?: string };
  readonly isSecret: boolean;
}

const FLAGS: Readonly<Record<string, string>> = { listen: "--listen", data: "--data", dev: "--dev" };

export const SETTINGS: readonly Setting[] = flatten(Settings.properties, "");

function flatten(properties: Readonly<Record<string, TSchema>>, prefix: string): Setting[] {
  return Object.entries(properties).flatMap(([name, schema]): Setting[] => {
    const key = prefix + name;
    if ("properties" in schema) return flatten(schema.properties as Record<string, TSchema>, `${key}.`);
    const variable = `STAIRWELL_${key.replaceAll(".", "_").toUpperCase()}`;
    return [
      { key, variable, flag: FLAGS[key], schema, isSecret: (schema as { writeOnly?: boolean }).writeOnly === true },
    ];
  });
}
