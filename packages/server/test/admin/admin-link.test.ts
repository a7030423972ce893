import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, assertRefused, atOnce, Person, tablesOf, TestClock, TestServer } from "@stairwell/testing";
import { makeAdminLink } from "../../src/admin/index.ts";
import { findTenantBySlug } from "../../src/tenants/index.ts";
import { heldToSchemas } from "../support/schemas.ts";
import { unchanged } from "../support/stage.ts";

const REDEEM = "/v1/auth/admin-link";
const DAY_MS = 24 * 3600 * 1000;

async function open(t: TestContext) {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  await server.people("alice");
  /** Somebody without any credential. */
  const visitor = heldToSchemas(new Person(server.url, "a visitor", "none"));
  const link = (localId: string | null) =>
    server.db.write(
      "deployment",
      async (tx) => (await makeAdminLink(tx, (await findTenantBySlug(tx, "dev"))!, localId)).code,
    );
  return { clock, server, visitor, link };
}

test("AU10 a link makes a new person an admin, with a token that has the scope admin", async (t) => {
  const { server, visitor, link } = await open(t);
  const code = await link(null);
  const { me, token } = assertOk(await visitor.post(REDEEM, { code, local_id: "root", display_name: "Root" })).data;
  assert.deepEqual([me.local_id, me.display_name, me.roles], ["root", "Root", ["admin"]]);
  assert.deepEqual(token.scopes, ["read", "write", "admin"]);
  const root = await new Person(server.url, "root", token.token).signIn();
  assert.deepEqual(root.me, me);
  assertOk(await root.get("/v1/admin/stats"));
  const records = assertOk(await root.get("/v1/admin/audit?limit=3")).data;
  assert.deepEqual(
    records.map(({ action, actor }: { action: string; actor: string }) => [action, actor]),
    [
      ["admin_link.redeem", "participant"],
      ["participant.create", "operator"],
      ["admin_link.create", "operator"],
    ],
  );
});

test("AU10 it works once, also for many at once, and for a day", async (t) => {
  const { clock, visitor, link } = await open(t);
  const code = await link(null);
  const tried = await atOnce(8, (i) => visitor.post(REDEEM, { code, local_id: `root${i}` }));
  assert.equal(tried.filter(({ status }) => status === 200).length, 1);
  for (const { status } of tried) assert(status === 200 || status === 401);
  assertRefused(await visitor.post(REDEEM, { code, local_id: "root9" }), 401, "SW_AUTH_INVALID_TOKEN");

  const [early, late] = [await link(null), await link(null)];
  clock.advance(DAY_MS - 1);
  assertOk(await visitor.post(REDEEM, { code: early, local_id: "early" }));
  clock.advance(1);
  assertRefused(await visitor.post(REDEEM, { code: late, local_id: "late" }), 401, "SW_AUTH_EXPIRED_TOKEN");
});

test("AU10 what is refused leaves the link as it is, and nobody's account is taken over", async (t) => {
  const { server, visitor, link } = await open(t);
  const code = await link(null);
  await unchanged(server, async () => {
    for (const body of [
      { code },
      { code, local_id: "alice" },
      { code, local_id: "Root" },
      { code, local_id: "root", display_name: " " },
      { code, local_id: "root", roles: ["admin"] },
    ]) {
      assertRefused(await visitor.post(REDEEM, body), 400, "SW_REQUEST_INVALID");
    }
    for (const wrong of [code.slice(1), `${code}x`, code.toLowerCase(), "x"]) {
      assertRefused(await visitor.post(REDEEM, { code: wrong, local_id: "root" }), 401, "SW_AUTH_INVALID_TOKEN");
    }
  });
  await server.setLimits({ max_accounts: 1 });
  assertRefused(await visitor.post(REDEEM, { code, local_id: "root" }), 409, "SW_TENANT_CAPACITY", "AU6");
  await server.setLimits({ max_accounts: null });
  assertOk(await visitor.post(REDEEM, { code, local_id: "root" }));
});

test("AU10 a link for somebody gives them the role, and is for nobody else", async (t) => {
  const { visitor, link } = await open(t);
  const code = await link("alice");
  assertRefused(await visitor.post(REDEEM, { code, local_id: "mallory" }), 400, "SW_REQUEST_INVALID");
  const { me } = assertOk(await visitor.post(REDEEM, { code })).data;
  assert.deepEqual([me.local_id, me.roles], ["alice", ["admin"]]);
  const unborn = assertOk(await visitor.post(REDEEM, { code: await link("zoe"), local_id: "zoe" })).data;
  assert.deepEqual([unborn.me.local_id, unborn.me.roles], ["zoe", ["admin"]]);
});

test("AU10 no link opens a suspended tenant, and its code is nowhere in the store", async (t) => {
  const { server, visitor, link } = await open(t);
  const code = await link(null);
  for (const name of await tablesOf(server.db)) {
    const rows = await server.db.all(`SELECT * FROM "${name}"`);
    assert.equal(JSON.stringify(rows).includes(code), false, name);
  }
  await server.db.write("deployment", (tx) => tx.run("UPDATE tenants SET suspended_at = 1"));
  assertRefused(await visitor.post(REDEEM, { code, local_id: "root" }), 401, "SW_AUTH_INVALID_TOKEN");
});
