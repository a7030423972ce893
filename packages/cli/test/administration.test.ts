import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { onFolder } from "./command-line.ts";

const createAcme = ["tenant", "create", "acme", "--server-name", "acme.example"];

async function acme(t: TestContext) {
  const { folder, stairwell } = onFolder(t);
  await stairwell(...createAcme);
  const json = async (...args: string[]) => JSON.parse((await stairwell(...args, "--json")).data);
  return { folder, stairwell, json };
}

test("AU10 a tenant comes with a link for its first admin, and more can be made", async (t) => {
  const { stairwell } = onFolder(t);
  const made = await stairwell(...createAcme);
  assert.match(
    made.data,
    /first admin opens this link.*: http:\/\/127\.0\.0\.1:8080\/#\/admin-link\/swl_[\w-]{32}\n$/s,
  );
  const other = await stairwell("tenant", "invite-admin", "acme");
  assert.match(other.data, /^http:\/\/127\.0\.0\.1:8080\/#\/admin-link\/swl_[\w-]{32}\n$/);
  assert.match(other.messages, /becomes an admin of acme/);
  const named = JSON.parse((await stairwell("tenant", "invite-admin", "acme", "--as", "alice", "--json")).data);
  assert.ok(named.url.endsWith(named.code));
  assert.equal((await stairwell("tenant", "invite-admin", "acme", "--as", "Alice")).code, 2);
  assert.equal((await stairwell("tenant", "invite-admin", "nobody")).code, 4);
});

test("a tenant's limits are shown and changed, those that are named and no others", async (t) => {
  const { stairwell, json } = await acme(t);
  const limits = ["tenant", "limits", "acme"];
  const before = await json(...limits);
  const after = await json(...limits, "--max-rooms", "7", "--open-invites", "none", "--send-rate", "5:10");
  assert.deepEqual(after, {
    ...before,
    max_rooms: 7,
    open_invites: null,
    send_rate: { per_second: 5, burst: 10 },
  });
  assert.match((await stairwell(...limits)).data, /^max rooms +7$/m);
  assert.match((await stairwell(...limits, "--send-rate", "none")).data, /^send rate +none$/m);
  for (const wrong of [
    ["--max-rooms", "-1"],
    ["--max-rooms", "many"],
    ["--send-rate", "0"],
  ]) {
    assert.equal((await stairwell(...limits, ...wrong)).code, 2, wrong.join(" "));
  }
  assert.equal((await stairwell("tenant", "limits", "nobody")).code, 4);
});

test("AU9 somebody is deactivated and let in again; on a store that no server runs on, their rooms are left later", async (t) => {
  const { stairwell, json } = await acme(t);
  await stairwell("token", "create", "--tenant", "acme", "--as", "alice", "--admin");
  const gone = await json("participant", "deactivate", "alice", "--tenant", "acme");
  assert.deepEqual([gone.deactivated, gone.roles], [true, []]);
  assert.equal((await stairwell("token", "create", "--tenant", "acme", "--as", "alice")).code, 4);
  const early = await stairwell("participant", "reactivate", "alice", "--tenant", "acme");
  assert.equal(early.code, 5);
  assert.match(early.messages, /still leaving their rooms/);
  assert.equal((await stairwell("participant", "deactivate", "nobody", "--tenant", "acme")).code, 4);
});

test("AD1 what the operator does is on the audit, which they can read", async (t) => {
  const { stairwell, json } = await acme(t);
  await stairwell("token", "create", "--tenant", "acme", "--as", "alice", "--admin");
  await stairwell("tenant", "suspend", "acme");
  const acts = await json("audit", "--tenant", "acme");
  assert.deepEqual(
    acts.map(({ action, actor, target_fqid }: Record<string, unknown>) => [action, actor, target_fqid]),
    [
      ["tenant.create", "operator", null],
      ["admin_link.create", "operator", null],
      ["participant.create", "operator", "@alice:acme.example"],
      ["role.grant", "operator", "@alice:acme.example"],
      ["token.mint", "operator", "@alice:acme.example"],
      ["tenant.suspend", "operator", null],
    ],
  );
  const one = async (...filter: string[]) => (await json("audit", "--tenant", "acme", ...filter)).length;
  assert.deepEqual(
    [await one("--action", "role.grant"), await one("--target", "alice"), await one("--actor", "alice")],
    [1, 3, 0],
  );
  assert.equal((await json("audit", "--tenant", "acme", "--limit", "1"))[0].action, "tenant.suspend");
  const { data } = await stairwell("audit", "--tenant", "acme", "--action", "role.grant");
  assert.match(data, /^TIME .*\n\S+Z +role\.grant +operator +@alice:acme\.example +- +role="admin"\n$/);
  assert.equal((await stairwell("audit", "--tenant", "acme", "--action", "praise")).code, 2);
  assert.equal((await stairwell("audit", "--tenant", "nobody")).code, 4);
});

test("the files of a store are readable by its user alone, in whatever folder", (t) => {
  const { folder } = onFolder(t);
  const main = join(import.meta.dirname, "../src/main.ts");
  const ended = spawnSync(process.execPath, [main, ...createAcme, "--data", folder], { encoding: "utf8" });
  assert.equal(ended.status, 0, ended.stderr);
  const modes = readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o077).toString(8)]);
  assert.ok(modes.some(([name]) => name === "stairwell.db"));
  assert.deepEqual(
    modes.filter(([, mode]) => mode !== "0"),
    [],
  );
});
