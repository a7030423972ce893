import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ActorCache, Authenticator } from "../../src/auth/index.ts";
import type { Control } from "../../src/control/index.ts";
import { openControl } from "../../src/control/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { findByNo } from "../../src/participants/index.ts";
import { openSqlite } from "../../src/db/index.ts";
import { tempFolder } from "../support/store.ts";
import { openDirect, startServer } from "./open.ts";

const acme = { slug: "acme", server_name: "acme.example" };

/** Each way to the operations: on the store itself, and through a server that runs on it. */
const doors: Record<string, (t: TestContext) => Promise<Control>> = {
  "on the store": (t) => openDirect(t, tempFolder(t)),
  "through a server": async (t) => {
    const folder = tempFolder(t);
    await startServer(t, folder);
    return openDirect(t, folder);
  },
};

for (const [door, open] of Object.entries(doors)) {
  test(`${door}, a tenant is made, listed, suspended and let in again`, async (t) => {
    const control = await open(t);
    const { admin_link: link, ...made } = await control.run("tenant.create", { ...acme, name: "Acme" });
    assert.match(link.path, new RegExp(`^/#/admin-link/${link.code}$`));
    assert.equal(made.name, "Acme");
    assert.equal(made.limits.max_participants, 50_000);
    const { admin_link: _link, ...bench } = await control.run("tenant.create", {
      slug: "bench",
      server_name: "bench.localhost",
      no_limits: true,
    });
    assert.equal(bench.limits.send_rate, null);
    assert.deepEqual(await control.run("tenant.list", {}), [made, bench]);
    assert.equal((await control.run("tenant.suspend", { slug: "acme" })).suspended, true);
    assert.equal((await control.run("tenant.unsuspend", { slug: "acme" })).suspended, false);
  });

  test(`${door}, refusals say of what kind they are`, async (t) => {
    const control = await open(t);
    await control.run("tenant.create", acme);
    await control.run("participant.create", { tenant: "acme", local_id: "helper", participant_type: "bot" });
    const bot = { tenant: "acme", local_id: "helper" };
    for (const [attempt, kind, message] of [
      [() => control.run("tenant.create", acme), "conflict", /slug acme/],
      [
        () => control.run("tenant.create", { slug: "other", server_name: "acme.example" }),
        "conflict",
        /server name acme.example/,
      ],
      [() => control.run("tenant.create", { slug: "No", server_name: "no.example" }), "usage", /slug/],
      [() => control.run("tenant.suspend", { slug: "nobody" }), "not_found", /tenant/],
      [() => control.run("participant.create", { ...bot, participant_type: "human" }), "conflict", /helper is taken/],
      [() => control.run("role.grant", { ...bot, local_id: "nobody" }), "not_found", /nobody in acme/],
      [() => control.run("role.grant", bot), "usage", /admin is for humans/],
      [() => control.run("token.create", { ...bot, admin: true }), "usage", /admin is for humans/],
      [() => control.run("token.create", { ...bot, expires_at: "yesterday" }), "usage", /expires_at/],
      [() => control.run("token.create-many", { tenant: "acme", prefix: "p", count: 0 }), "usage", /not valid/],
      [() => control.run("tenant.list", 7 as never), "usage", /not valid/],
      [() => control.run("tenant.erase" as never, {} as never), "failed", /another version/],
      [() => control.run("toString" as never, {} as never), "failed", /another version/],
    ] as const) {
      await assert.rejects(attempt(), { name: "ControlError", kind, message }, String(message));
    }
  });

  test(`${door}, a token's person is made when missing`, async (t) => {
    const control = await open(t);
    await control.run("tenant.create", acme);
    const first = await control.run("token.create", { tenant: "acme", local_id: "alice" });
    assert.equal(first.participant_made, true);
    assert.deepEqual(
      [first.fqid, first.scopes, first.name],
      ["@alice:acme.example", ["read", "write"], "command line"],
    );
    const second = await control.run("token.create", { tenant: "acme", local_id: "alice", admin: true, name: "boss" });
    assert.equal(second.participant_made, false);
    assert.equal(second.participant_id, first.participant_id);
    assert.deepEqual([second.scopes, second.name], [["read", "write", "admin"], "boss"]);
    assert.notEqual(second.token, first.token);
  });

  test(`${door}, many tokens are minted in order, and again for the same people`, async (t) => {
    const control = await open(t);
    await control.run("tenant.create", acme);
    const many = { tenant: "acme", prefix: "p", count: 250 };
    const seen: number[] = [];
    const first = await control.run("token.create-many", many, ({ done }) => seen.push(done));
    assert.deepEqual(seen, [100, 200, 250]);
    assert.deepEqual(
      first.map(({ local_id }) => local_id),
      Array.from({ length: 250 }, (_, i) => `p${i + 1}`),
    );
    assert.equal(new Set(first.map(({ token }) => token)).size, 250);
    const again = await control.run("token.create-many", many);
    assert.deepEqual(
      again.map((one) => one.participant_id),
      first.map((one) => one.participant_id),
    );
    assert.ok(again.every((one) => !one.participant_made));
  });
}

test("a token made for a data folder works in the server that opens it next", async (t) => {
  const folder = tempFolder(t);
  const control = await openControl(folder, { create: true });
  await control.run("tenant.create", acme);
  const { token } = await control.run("token.create", { tenant: "acme", local_id: "alice", admin: true });
  await control.close();
  const db = openSqlite({ folder, now: () => systemClock.now() });
  t.after(() => db.close());
  const actors = new ActorCache(systemClock);
  const actor = await new Authenticator({ db, clock: systemClock, actors, findAccount: findByNo }).authenticate(token);
  assert.equal(actor.fqid, "@alice:acme.example");
  assert.equal(actor.isAdmin, true);
});

test("what a command changes counts at once in the server that runs", async (t) => {
  const folder = tempFolder(t);
  const { db, actors } = await startServer(t, folder);
  const control = await openDirect(t, folder);
  await control.run("tenant.create", acme);
  const alice = { tenant: "acme", local_id: "alice" };
  const { token } = await control.run("token.create", { ...alice, admin: true });
  const stopped = { now: () => 0 };
  const authenticator = new Authenticator({ db, clock: stopped, actors, findAccount: findByNo });
  assert.equal((await authenticator.authenticate(token)).isAdmin, true);
  await control.run("role.revoke", alice);
  assert.equal((await authenticator.authenticate(token)).isAdmin, false);
  await control.run("role.grant", alice);
  assert.equal((await authenticator.authenticate(token)).isAdmin, true);
  await control.run("tenant.suspend", { slug: "acme" });
  await assert.rejects(async () => authenticator.authenticate(token), { code: "SW_AUTH_INVALID_TOKEN" });
});
