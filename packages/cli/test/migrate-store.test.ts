import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { assertOk, launch, type LaunchOptions, Person, PostgresCluster, S3Server } from "@stairwell/testing";
import { makeDemo } from "../src/demo/make-demo.ts";
import { EXIT } from "../src/exit-codes.ts";
import { callingAs, stairwell, tempFolder } from "./command-line.ts";

async function configured(t: TestContext): Promise<{ config: string; storeUrl: string }> {
  const cluster = await PostgresCluster.start({ isDurable: true });
  t.after(() => cluster.remove());
  const { endpoint, bucket, prefix, accessKey, secretKey } = (await S3Server.shared()).options();
  const settings = { endpoint, bucket, prefix, access_key: accessKey, secret_key: secretKey };
  const s3 = Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const config = join(tempFolder(t), "scale.toml");
  writeFileSync(config, `[store]\nurl = ${JSON.stringify(cluster.url("postgres"))}\n[media.s3]\n${s3.join("\n")}\n`);
  return { config, storeUrl: cluster.url("postgres") };
}

/** What a bundle of each room says that Ada may export, as it is verified without a server. */
async function bundlesFrom(t: TestContext, folder: string, place: LaunchOptions = {}): Promise<Map<string, unknown>> {
  const server = launch(folder, place);
  const url = await server.url;
  const ada = await new Person(url, "ada", "dev-ada").signIn();
  const rooms = assertOk(await ada.get("/v1/directory/rooms?limit=200")).data as Record<"id" | "room_type", string>[];
  const reports = new Map<string, unknown>();
  for (const { id, room_type: type } of rooms) {
    if (type !== "group" && type !== "public") continue;
    const file = join(tempFolder(t), `${id}.zip`);
    const exported = await stairwell("room", "export", id, "-o", file, ...callingAs(t, url, "dev-ada"));
    if (exported.code !== 0) continue;
    const { code, data } = await stairwell("bundle", "verify", file, "--json");
    assert.equal(code, 0, data);
    const { file: _file, exported_at: _exportedAt, ...report } = JSON.parse(data) as Record<string, unknown>;
    reports.set(id, report);
  }
  assert.equal((await server.kill("SIGTERM")).code, 0);
  return reports;
}

test("the demo's company is moved to PostgreSQL and S3 by one command, both verify, and rooms exported from both are the same", async (t) => {
  const data = join(tempFolder(t), "data");
  await makeDemo(data, undefined);
  const { config, storeUrl } = await configured(t);
  const args = ["--data", data, "--config", config];
  const none = await stairwell("migrate", ...args);
  assert.deepEqual([none.code, /no store in the database yet/.test(none.messages)], [4, true], none.messages);
  for (const command of [["verify"], ["scrub"], ["audit", "--tenant", "dev"], ["restored"], ["tenant", "list"]]) {
    const { code, messages } = await stairwell(...command, ...args);
    assert.match(messages, /There is no store in the database of store\.url: name another one/, command.join(" "));
    assert.equal(code, EXIT.notFound);
  }
  const moved = await stairwell("migrate-store", ...args, "--json");
  assert.equal(moved.code, 0, moved.messages);
  const report = JSON.parse(moved.data) as { tables: Record<string, number>; lost: string[]; already: boolean };
  assert.deepEqual([report.already, report.lost], [false, []]);
  assert(report.tables["rooms"]! > 4 && report.tables["events"]! > 50 && report.tables["participants"]! > 4);

  const verified = await stairwell("verify", ...args);
  assert.equal(verified.code, 0, verified.data);
  assert.match(verified.data, new RegExp(`${report.tables["events"]} events: all is well`));
  const migrated = await stairwell("migrate", ...args);
  assert.match(migrated.data, /^Schema version \d+: up to date\.\n$/, migrated.messages);
  const again = await stairwell("migrate-store", ...args);
  assert.deepEqual([again.code, /nothing was done/.test(again.data)], [0, true], again.messages);
  const other = join(tempFolder(t), "other");
  await stairwell("tenant", "create", "--slug", "other", "--server-name", "other.example", "--data", other);
  const refused = await stairwell("migrate-store", "--data", other, "--config", config);
  assert.deepEqual([refused.code, /not empty/.test(refused.messages)], [5, true], refused.messages);

  for (const command of [
    "tenant list",
    "verify",
    "migrate --dry-run",
    "serve",
    `backup ${join(tempFolder(t), "old")}`,
  ]) {
    const away = await stairwell(...command.split(" "), "--data", data);
    assert.equal(away.code, 5, `${command}: ${away.messages}`);
    assert.match(
      away.messages,
      /was moved to postgres.+Go on there: name it in store\.url.+To go back .+delete .+moved\./,
    );
  }
  const looked = await stairwell("doctor", "--data", data);
  assert.match(looked.data, /moved away/);
  rmSync(join(data, "moved"));
  await namesItsStore(data, args);

  const s3 = (await S3Server.shared()).options();
  const from = await bundlesFrom(t, data);
  assert(from.size > 2, JSON.stringify([...from.keys()]));
  assert.deepEqual(await bundlesFrom(t, tempFolder(t), { storeUrl, s3 }), from);

  const backup = await stairwell("backup", join(tempFolder(t), "backup"), ...args);
  assert.equal(backup.code, 2);
  assert.match(backup.messages, /pg_dump.*bucket.*docs\/operating\/backup\.md/);
});

/** Commands with a `store.url` go to that database, although a server runs on the old folder. */
async function namesItsStore(data: string, args: readonly string[]): Promise<void> {
  const server = launch(data);
  await server.url;
  const made = await stairwell("tenant", "create", "--slug", "moved", "--server-name", "moved.example", ...args);
  assert.equal(made.code, 0, made.messages);
  const slugs = async (...where: readonly string[]) =>
    (JSON.parse((await stairwell("tenant", "list", "--json", ...where)).data) as { slug: string }[]).map(
      ({ slug }) => slug,
    );
  assert.deepEqual(
    [await slugs(...args), await slugs("--data", data)].map((found) => found.includes("moved")),
    [true, false],
  );
  await server.kill("SIGTERM");
}

test("migrate-store says what it lacks", async (t) => {
  const data = join(tempFolder(t), "data");
  const nowhere = await stairwell("migrate-store", "--data", data);
  assert.deepEqual([nowhere.code, /STAIRWELL_STORE_URL/.test(nowhere.messages)], [2, true], nowhere.messages);
  const config = join(tempFolder(t), "scale.toml");
  writeFileSync(config, '[store]\nurl = "postgres://nobody@127.0.0.1:1/none"\n');
  const nothing = await stairwell("migrate-store", "--data", data, "--config", config);
  assert.deepEqual([nothing.code, /no store in/.test(nothing.messages)], [4, true], nothing.messages);
  for (const command of ["tenant list", "verify"]) {
    const away = await stairwell(...command.split(" "), "--data", data, "--config", config);
    assert.equal(away.code, 1);
    assert.match(away.messages, /the database of store\.url cannot be used: connect ECONNREFUSED .+'stairwell doctor'/);
  }
});
