import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parse } from "smol-toml";
import { BUNDLE_LIMITS } from "@stairwell/protocol/bundle";
import {
  bundleLimitsOf,
  ConfigError,
  type ConfigInput,
  configLines,
  loadConfig,
  parseListen,
  printConfig,
} from "./index.ts";

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-config-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "stairwell.toml");
  writeFileSync(path, text);
  return path;
}

async function problemsOf(input: ConfigInput): Promise<readonly string[]> {
  try {
    await loadConfig({ environment: {}, ...input });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

const MEDIA = {
  max_bytes: 104_857_600,
  max_uploads: 16,
  keep_unused_seconds: 86_400,
  s3: { region: "us-east-1", path_style: true, prefix: "" },
};
const BUNDLES = {
  max_bytes: 5_368_709_120,
  max_entries: 100_001,
  max_manifest_bytes: 4_294_967_296,
  max_list_bytes: 67_108_864,
  max_expansion: 200,
};

test("without any source the defaults are in force", async () => {
  const { config, sources } = await loadConfig({
    environment: { PATH: "/bin", STAIRWELL_TEST_LONG: "1", STAIRWELL_SEED: "7" },
  });
  assert.deepEqual(config, {
    listen: "127.0.0.1:8080",
    data: "./data",
    dev: false,
    trusted_proxies: "",
    log: { level: "info", requests: false },
    store: {},
    bus: { prefix: "stairwell" },
    federation: { hosts: {} },
    metrics: {},
    operator: {},
    auth: { failures_per_minute: 300 },
    media: MEDIA,
    bundles: BUNDLES,
  });
  assert.deepEqual(new Set(sources.values()), new Set(["default"]));
});

test("flags are over the environment, which is over the file, which is over the defaults", async (t) => {
  const file = fileOf(t, 'listen = "127.0.0.1:1"\ndata = "/file"\n[log]\nlevel = "warn"\nrequests = true\n');
  const environment = {
    STAIRWELL_LISTEN: "127.0.0.1:2",
    STAIRWELL_DATA: "/env",
    STAIRWELL_LOG_REQUESTS: "false",
    STAIRWELL_AUTH_FAILURES_PER_MINUTE: "10",
  };
  const { config, sources } = await loadConfig({ flags: { listen: "127.0.0.1:3", dev: undefined }, file, environment });
  assert.deepEqual(config, {
    listen: "127.0.0.1:3",
    data: "/env",
    dev: false,
    trusted_proxies: "",
    log: { level: "warn", requests: false },
    store: {},
    bus: { prefix: "stairwell" },
    federation: { hosts: {} },
    metrics: {},
    operator: {},
    auth: { failures_per_minute: 10 },
    media: MEDIA,
    bundles: BUNDLES,
  });
  assert.deepEqual(
    ["listen", "data", "dev", "log.level", "log.requests"].map((key) => sources.get(key)),
    ["flag", "environment", "default", "file", "environment"],
  );
});

test("the environment may name the file, and a flag names another", async (t) => {
  const [one, two] = [fileOf(t, 'data = "/one"'), fileOf(t, 'data = "/two"')];
  assert.equal((await loadConfig({ environment: { STAIRWELL_CONFIG: one } })).config.data, "/one");
  assert.equal((await loadConfig({ environment: { STAIRWELL_CONFIG: one }, file: two })).config.data, "/two");
});

test("unknown settings are errors that name the nearest known one", async (t) => {
  const file = fileOf(t, 'lissten = "x"\nqqqqqqqqqqqq = 1\n[log]\nlevle = "info"\n[nothing]\na = 1\n');
  assert.deepEqual(
    await problemsOf({
      file,
      environment: { STAIRWELL_LOG_LEVLE: "info", STAIRWELL_FOO: "x", STAIRWELL_URL: "http://x", STAIRWELL_TOKEN: "t" },
    }),
    [
      "STAIRWELL_LOG_LEVLE is not a setting; did you mean STAIRWELL_LOG_LEVEL?",
      "STAIRWELL_FOO is not a setting",
      `lissten is not a setting; did you mean listen? (in ${file})`,
      `qqqqqqqqqqqq is not a setting (in ${file})`,
      `log.levle is not a setting; did you mean log.level? (in ${file})`,
      `nothing is not a setting (in ${file})`,
    ],
  );
});

test("values that are not what they must be are all named, with their place", async (t) => {
  const file = fileOf(t, 'dev = "yes"\nlog = 1\n[metrics]\ntoken = "short"\n[auth]\nfailures_per_minute = 0\n');
  const environment = {
    STAIRWELL_LISTEN: "8080",
    STAIRWELL_LOG_LEVEL: "loud",
    STAIRWELL_DEV: "1",
    STAIRWELL_PUBLIC_URL: "https://x/path",
    STAIRWELL_TRUSTED_PROXIES: "10.0.0.0/8, the proxy",
  };
  assert.deepEqual(await problemsOf({ file, environment }), [
    `log in ${file} must be a table, [log]`,
    "STAIRWELL_LISTEN must be HOST:PORT",
    "STAIRWELL_DEV must be true or false",
    `dev in ${file} must be true or false`,
    "STAIRWELL_PUBLIC_URL must be https://HOST or http://HOST, without a path",
    "STAIRWELL_TRUSTED_PROXIES must be addresses or networks, as 10.0.0.0/8, parted by commas",
    'STAIRWELL_LOG_LEVEL must be one of "debug", "info", "warn", "error" or "silent"',
    `metrics.token in ${file} must be a string of at least 16 characters`,
    `auth.failures_per_minute in ${file} must be an integer from 1 to 1000000`,
  ]);
});

test("a file that is missing or no TOML is an error", async (t) => {
  assert.match((await problemsOf({ file: "/nowhere/x.toml" }))[0]!, /cannot be read: it does not exist/);
  assert.match((await problemsOf({ file: fileOf(t, "listen = ") }))[0]!, /not valid TOML/);
});

test("development mode is refused on an address that others reach", async () => {
  for (const listen of ["127.0.0.1:0", "localhost:8080", "[::1]:8080", "127.9.9.9:1"]) {
    assert.deepEqual(await problemsOf({ flags: { dev: true, listen } }), []);
  }
  for (const listen of ["0.0.0.0:8080", "[::]:8080", "192.168.1.2:8080", "rooms.example:80", "127.0.0.1.example:80"]) {
    assert.match((await problemsOf({ flags: { dev: true, listen } }))[0]!, /development mode lets anybody in/, listen);
    assert.deepEqual(await problemsOf({ flags: { listen } }), []);
  }
});

test("addresses to listen on are HOST:PORT", () => {
  assert.deepEqual(parseListen("[::1]:80"), { host: "::1", port: 80 });
  assert.deepEqual(parseListen("0.0.0.0:0"), { host: "0.0.0.0", port: 0 });
  for (const text of ["", "80", ":80", "x:", "x:65536", "::1:80", "x:80/", "http://x:80", "x:-1"]) {
    assert.equal(parseListen(text), undefined, text);
  }
});

test("what is in force can be printed as a file again, without the secrets", async () => {
  const loaded = await loadConfig({
    environment: {
      STAIRWELL_METRICS_TOKEN: "a-very-secret-token",
      STAIRWELL_BUS_URL: "nats://bus:a-very-secret-password@a:4222,nats://b:4222",
      STAIRWELL_STORE_URL: STORE,
      STAIRWELL_OPERATOR_TOKEN: "another-very-secret-token-of-some-length",
    },
    flags: { data: 'a "b"' },
  });
  const text = printConfig(loaded);
  assert.doesNotMatch(text, /very-secret/);
  const hidden = { token: "(hidden)" };
  assert.deepEqual(JSON.parse(JSON.stringify(parse(text))), {
    ...loaded.config,
    store: { url: "(hidden)" },
    bus: { url: "nats://(hidden)@a:4222,nats://b:4222", prefix: "stairwell" },
    metrics: hidden,
    operator: hidden,
  });
  assert.deepEqual(
    configLines(loaded).find(({ key }) => key === "metrics.token"),
    {
      key: "metrics.token",
      value: "(hidden)",
      source: "environment",
    },
  );
});

const STORE = "postgres://stairwell@db/rooms";

test("a bus without a store that is shared is a mistake", async () => {
  assert.deepEqual(await problemsOf({ environment: { STAIRWELL_BUS_URL: "nats://a" } }), [
    "bus.url is for servers that share a store: name it in store.url",
  ]);
});

test("a bus's URL is one of NATS, or several", async () => {
  for (const url of ["nats://a", "tls://user:pass@a:1,tls://b:2", "nats://token@a:4222"]) {
    assert.deepEqual(await problemsOf({ environment: { STAIRWELL_BUS_URL: url, STAIRWELL_STORE_URL: STORE } }), []);
  }
  for (const url of ["a:4222", "http://a", "nats://", "nats://a/b", "nats://a,http://b"]) {
    assert.deepEqual(await problemsOf({ environment: { STAIRWELL_BUS_URL: url } }), [
      "STAIRWELL_BUS_URL must be nats://HOST:PORT or tls://HOST:PORT",
    ]);
  }
});

test("an operator's token of less than 128 bits is refused", async () => {
  const environment = { STAIRWELL_OPERATOR_TOKEN: "0123456789abcdef0123456789abcde" };
  await assert.rejects(
    loadConfig({ environment }),
    /STAIRWELL_OPERATOR_TOKEN must be a string of at least 32 characters/,
  );
});

test("the process's own environment is what is read unless another is given", async (t) => {
  const before = process.env.STAIRWELL_LISTEN;
  t.after(() => {
    if (before === undefined) delete process.env.STAIRWELL_LISTEN;
    else process.env.STAIRWELL_LISTEN = before;
  });
  process.env.STAIRWELL_LISTEN = "127.0.0.1:4";
  assert.equal((await loadConfig()).config.listen, "127.0.0.1:4");
});

test("what a bundle may be is configured, and an expansion that exports could come near is refused", async () => {
  const environment = {
    STAIRWELL_BUNDLES_MAX_BYTES: "1000000",
    STAIRWELL_BUNDLES_MAX_ENTRIES: "11",
    STAIRWELL_BUNDLES_MAX_MANIFEST_BYTES: "2000",
    STAIRWELL_BUNDLES_MAX_LIST_BYTES: "3000",
    STAIRWELL_BUNDLES_MAX_EXPANSION: "100",
  };
  const { config } = await loadConfig({ environment });
  const limits = { bytes: 1_000_000, entries: 11, manifestBytes: 2000, listBytes: 3000, expansion: 100 };
  assert.deepEqual(bundleLimitsOf(config), limits);
  assert.deepEqual(bundleLimitsOf((await loadConfig({ environment: {} })).config), BUNDLE_LIMITS);
  const [problem] = await problemsOf({ environment: { STAIRWELL_BUNDLES_MAX_EXPANSION: "99" } });
  assert.match(problem!, /STAIRWELL_BUNDLES_MAX_EXPANSION/);
});

const S3 = {
  STAIRWELL_MEDIA_S3_ENDPOINT: "https://s3.example",
  STAIRWELL_MEDIA_S3_BUCKET: "rooms",
  STAIRWELL_MEDIA_S3_ACCESS_KEY: "the-public-name",
  STAIRWELL_MEDIA_S3_SECRET_KEY: "the-very-secret",
};

test("an S3 store is a table within one, in the file and in the environment, and its keys are never printed", async (t) => {
  const file = fileOf(t, '[media]\nmax_bytes = 5\n[media.s3]\nregion = "eu-1"\npath_style = false\nprefix = "a/b/"\n');
  const loaded = await loadConfig({ file, environment: S3 });
  assert.deepEqual(loaded.config.media, {
    max_bytes: 5,
    max_uploads: 16,
    keep_unused_seconds: 86_400,
    s3: {
      endpoint: "https://s3.example",
      bucket: "rooms",
      region: "eu-1",
      path_style: false,
      prefix: "a/b/",
      access_key: "the-public-name",
      secret_key: "the-very-secret",
    },
  });
  const shown = printConfig(loaded) + JSON.stringify(configLines(loaded));
  assert.doesNotMatch(shown, /the-public-name|the-very-secret/);
  assert.match(shown, /media\.s3\.secret_key = "\(hidden\)"/);
});

test("half an S3 store, and one that nobody can reach, are refused", async (t) => {
  const { STAIRWELL_MEDIA_S3_SECRET_KEY: _, STAIRWELL_MEDIA_S3_BUCKET: __, ...half } = S3;
  assert.deepEqual(await problemsOf({ environment: half }), ["media.s3 needs bucket, secret_key too"]);
  const file = fileOf(t, '[media.s3]\nendpiont = "x"\nendpoint = "s3.example"\nprefix = "/a"\nbucket = "../b"\n');
  const problems = [...(await problemsOf({ file }))];
  assert.match(problems.shift()!, /^media\.s3\.endpiont is not a setting; did you mean media\.s3\.endpoint\?/);
  assert.match(problems.shift()!, /^media\.s3\.endpoint in .* must be https:\/\/HOST/);
  assert.match(problems.shift()!, /^media\.s3\.bucket in /);
  assert.match(problems.shift()!, /^media\.s3\.prefix in /);
  assert.deepEqual(problems, []);
  assert.match((await problemsOf({ file: fileOf(t, "[media]\ns3 = 1\n") }))[0]!, /must be a table, \[media\.s3\]/);
});
