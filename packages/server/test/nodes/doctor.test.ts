import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createTenant, openPostgres, systemClock } from "@stairwell/server/testing";
import { NatsServer, PostgresCluster, S3Server } from "@stairwell/testing";
import { examine } from "../../src/doctor/index.ts";

test("the doctor says of database, bucket and bus what is well, and of each that is away or refuses what to do", async (t) => {
  const data = mkdtempSync(join(tmpdir(), "stairwell-doctor-"));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const [postgres, nats, bucket] = await Promise.all([
    PostgresCluster.start({ isDurable: true }),
    NatsServer.start(t),
    S3Server.shared(),
  ]);
  t.after(() => postgres.remove());
  const s3 = bucket.options();
  const usual = {
    STAIRWELL_STORE_URL: postgres.url("postgres"),
    STAIRWELL_BUS_URL: nats.url,
    STAIRWELL_MEDIA_S3_ENDPOINT: s3.endpoint,
    STAIRWELL_MEDIA_S3_BUCKET: s3.bucket,
    STAIRWELL_MEDIA_S3_PREFIX: s3.prefix,
    STAIRWELL_MEDIA_S3_ACCESS_KEY: s3.accessKey,
    STAIRWELL_MEDIA_S3_SECRET_KEY: s3.secretKey,
  };
  const looked = async (name: string, environment: object = {}, clock = systemClock) => {
    const input = { flags: { data, listen: "127.0.0.1:0" }, environment: { ...usual, ...environment } };
    const check = (await examine(input, clock)).find((each) => each.name === name);
    return `${check?.state}: ${check?.found}. ${check?.advice ?? ""}`;
  };
  assert.match(await looked("store"), /^ok: PostgreSQL \d.*, empty; filled at the first start/);
  const db = await openPostgres({ url: usual.STAIRWELL_STORE_URL, now: () => Date.now() });
  assert.match(await looked("store"), /^warning: .*without a tenant. Make one/);
  await db.write("deployment", (tx) => createTenant(tx, { slug: "dev", serverName: "dev.localhost" }));
  await db.close();
  assert.match(await looked("store"), /^ok: PostgreSQL \d.*, schema version \d+/);
  assert.match(await looked("clocks"), /^ok/);
  const ahead = { ...systemClock, now: () => systemClock.now() + 120_000 };
  assert.match(await looked("clocks", {}, ahead), /^warning: 1(?:19|20) seconds between .*NTP/);

  assert.match(await looked("bucket"), /^ok: objects are written, read, listed and removed/);
  assert.deepEqual(await bucket.files(s3.prefix), []);
  for (const [variable, value, says] of [
    [
      "SECRET_KEY",
      "another",
      /^failed: an object cannot be written: .*403 SignatureDoesNotMatch. Look at .*secret_key/,
    ],
    ["REGION", "eu-central-1", /^failed: .*AuthorizationHeaderMalformed. Look at media.s3.region/],
    ["BUCKET", "nobodys", /^failed: .*NoSuchBucket. Make the bucket/],
    ["ENDPOINT", "http://127.0.0.1:9", /^failed: .*did not answer: ECONNREFUSED. Look at media.s3.endpoint/],
  ] as const) {
    assert.match(await looked("bucket", { [`STAIRWELL_MEDIA_S3_${variable}`]: value }), says);
  }

  assert.match(await looked("bus"), /^ok: NATS answers/);
  await nats.stop();
  assert.match(await looked("bus"), /^warning: NATS did not answer in 3 seconds: .+ Look at bus.url/);
  await postgres.stop("INT");
  assert.match(await looked("store"), /^failed: the database cannot be used: .+ Look at store.url/);
});
