import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parse } from "smol-toml";
import { ConfigError, loadConfig, printConfig } from "./index.ts";

const HOSTS = { "b.example": "http://10.0.0.7:8080", "c.example:8448": "https://c.internal" };

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "stairwell.toml");
  writeFileSync(file, text);
  return file;
}

test("FD21 federation.hosts is read from a file and from the environment, and printed as it may be put into a file", async (t) => {
  const text = '[federation.hosts]\n"b.example" = "http://10.0.0.7:8080"\n"c.example:8448" = "https://c.internal"\n';
  const file = await loadConfig({ file: fileOf(t, text), environment: {} });
  assert.deepEqual({ ...file.config.federation.hosts }, HOSTS);
  const variable = "b.example=http://10.0.0.7:8080, c.example:8448=https://c.internal";
  const environment = await loadConfig({ environment: { STAIRWELL_FEDERATION_HOSTS: variable } });
  assert.deepEqual(environment.config.federation.hosts, HOSTS);
  const printed = parse(printConfig(environment)) as { federation: { hosts: object } };
  assert.deepEqual({ ...printed.federation.hosts }, HOSTS);
  const usual = "b.example=http://10.0.0.7:80,c.example=https://c.internal:443/";
  const ports = await loadConfig({ environment: { STAIRWELL_FEDERATION_HOSTS: usual } });
  assert.deepEqual(Object.values(ports.config.federation.hosts), ["http://10.0.0.7:80", "https://c.internal:443/"]);
  const none = await loadConfig({ environment: {} });
  assert.deepEqual(none.config.federation.hosts, {});
  parse(printConfig(none));
});

test("FD21 what is no server name or no base URL is refused with what to write: FOU-05", async (t) => {
  for (const [text, says] of [
    ['[federation.hosts]\nb.example = "http://10.0.0.7"\n', /has b, which is no server name|must give b as/],
    ['[federation.hosts]\n"127.0.0.1" = "http://10.0.0.7"\n', /has 127\.0\.0\.1, which is no server name/],
    ['[federation.hosts]\n"B.example" = "http://10.0.0.7"\n', /has B\.example, which is no server name/],
    ['[federation.hosts]\n"b.example" = "http://10.0.0.7/x"\n', /must give b\.example as https:\/\/HOST/],
    ['[federation.hosts]\n"b.example" = "http://u:p@10.0.0.7"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "ftp://10.0.0.7"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "file:///etc/passwd"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "data:,x"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "unix:/run/x.sock"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "http://unix:/run/x.sock"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "http+unix://%2Frun%2Fx.sock"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = "http://10.0.0.7:65536"\n', /must give b\.example/],
    ['[federation.hosts]\n"b.example" = 5\n', /must give b\.example/],
    ['[federation]\nhosts = "b.example"\n', /must be an object/],
    ['[federation]\nhost = "b.example"\n', /federation\.host is not a setting; did you mean federation\.hosts/],
  ] as const) {
    const loading = loadConfig({ file: fileOf(t, text), environment: {} });
    await assert.rejects(loading, (error) => error instanceof ConfigError && says.test(error.message), text);
  }
  const loading = loadConfig({ environment: { STAIRWELL_FEDERATION_HOSTS: "b.example" } });
  await assert.rejects(loading, /STAIRWELL_FEDERATION_HOSTS must be NAME=URL, parted by commas/);
});
