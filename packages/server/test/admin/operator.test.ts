import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { CLOSE } from "@stairwell/protocol/stream";
import { assertOk, assertRefused, Person, StreamClient, TestServer, stopwatch } from "@stairwell/testing";
import { walk } from "../directory/walk.ts";
import { unchanged } from "../support/stage.ts";
import { heldToSchemas } from "../support/schemas.ts";

const TOKEN = "an-operator-token-of-more-than-128-bits";
const TENANTS = "/v1/operator/tenants";

async function open(t: TestContext) {
  const server = await TestServer.start(t, { operatorToken: TOKEN });
  const operator = heldToSchemas(new Person(server.url, "the operator", TOKEN));
  return { server, operator };
}

const acme = { slug: "acme", server_name: "rooms.acme.example" };

test("AD3 the operator's calls take the operator's token alone, and it is good for nothing else", async (t) => {
  const { server, operator } = await open(t);
  const [admin] = await server.people("admin");
  const others = [TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase(), admin.credential, ""];
  await unchanged(server, async () => {
    for (const credential of others) {
      const other = new Person(server.url, "somebody", credential);
      assertRefused(await other.get(TENANTS), 401, "SW_AUTH_INVALID_TOKEN");
      assertRefused(await other.post(TENANTS, acme), 401, "SW_AUTH_INVALID_TOKEN");
      assertRefused(await other.patch(`${TENANTS}/tnt-none`, {}), 401, "SW_AUTH_INVALID_TOKEN");
    }
    assertRefused(await operator.get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
    assertRefused(await operator.get("/v1/admin/stats"), 401, "SW_AUTH_INVALID_TOKEN");
  });
  assertOk(await operator.get(TENANTS));
});

test("AD3 without an operator's token configured nobody is the operator", async (t) => {
  const server = await TestServer.start(t);
  for (const credential of [TOKEN, "null", "undefined", "", "dev-admin"]) {
    const somebody = new Person(server.url, "somebody", credential);
    assertRefused(await somebody.get(TENANTS), 401, "SW_AUTH_INVALID_TOKEN");
  }
});

test("AD3 wrong tokens count as failed sign-ins of their address", async (t) => {
  const server = await TestServer.start(t, { operatorToken: TOKEN, failedSignInsPerMinute: 3 });
  const wrong = new Person(server.url, "somebody", "wrong");
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push((await wrong.get(TENANTS)).status);
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  assertOk(await new Person(server.url, "the operator", TOKEN).get(TENANTS));
});

test("AD3 a tenant is made once a key, shown, listed and renamed; slug and server name are for ever", async (t) => {
  const { server, operator } = await open(t);
  const body = { ...acme, name: "Acme", limits: { max_rooms: 7, send_rate: null } };
  const key = { "idempotency-key": "once" };
  const made = assertOk(await operator.post(TENANTS, body, key));
  assert.equal(made.status, 201);
  assert.deepEqual((await operator.post(TENANTS, body, key)).data, made.data);
  const { admin_link: link, ...tenant } = made.data;
  assert.match(link.code, /^swl_[\w-]{32}$/);
  assert.equal(link.url, `/#/admin-link/${link.code}`);
  assert.partialDeepStrictEqual(tenant, {
    name: "Acme",
    suspended_at: null,
    limits: { max_rooms: 7, send_rate: null, max_participants: 50_000 },
  });
  assert.deepEqual(assertOk(await operator.get(`${TENANTS}/${tenant.id}`)).data, tenant);
  await unchanged(server, async () => {
    assertRefused(await operator.post(TENANTS, body), 400, "SW_REQUEST_INVALID");
    assertRefused(await operator.post(TENANTS, { ...acme, slug: "other" }), 400, "SW_REQUEST_INVALID");
    assertRefused(await operator.patch(`${TENANTS}/tnt-none`, {}), 404, "SW_TENANT_NOT_FOUND");
    assertRefused(await operator.get(`${TENANTS}/acme`), 404, "SW_TENANT_NOT_FOUND");
    for (const wrong of [{ slug: "b" }, { limits: { max_rooms: -1 } }, { limits: { rooms: 1 } }, { name: " " }]) {
      assertRefused(await operator.patch(`${TENANTS}/${tenant.id}`, wrong), 400, "SW_REQUEST_INVALID");
    }
    assertOk(await operator.patch(`${TENANTS}/${tenant.id}`, { suspended: false, limits: { max_rooms: 7 } }));
  });
  const changed = await operator.patch(`${TENANTS}/${tenant.id}`, { name: "Acme Inc.", limits: { max_rooms: null } });
  assert.deepEqual(changed.data, { ...tenant, name: "Acme Inc.", limits: { ...tenant.limits, max_rooms: null } });
});

test("AD3 tenants are listed by slug, page by page", async (t) => {
  const { operator } = await open(t);
  const slugs = ["delta", "alpha", "charlie", "bravo"];
  for (const slug of slugs) {
    assertOk(await operator.post(TENANTS, { slug, server_name: `${slug}.example` }));
  }
  const walked = (await walk(operator, TENANTS, 3)).map(({ slug }) => slug);
  assert.deepEqual(walked, slugs.toSorted());
});

test("AU3 MB14 a tenant that the operator suspends is shut out within a second, its streams too, and no other is", async (t) => {
  const { server, operator } = await open(t);
  const [alice, bob] = await server.people("alice", "bob");
  const eve = await server.person("eve", "other").signIn();
  const room = await alice.roomWith([bob]);
  const { token } = assertOk(await bob.post("/v1/me/tokens", { name: "a token" })).data;
  const holder = new Person(server.url, "bob", token);
  const streams = [await StreamClient.open(t, alice), await StreamClient.open(t, holder)];
  const foreign = await StreamClient.open(t, eve);
  const { id } = alice.me.tenant;
  const took = stopwatch();
  const { data } = assertOk(await operator.patch(`${TENANTS}/${id}`, { suspended: true }));
  assert.notEqual(data.suspended_at, null);
  for (const stream of streams) assert.equal((await stream.closed()).code, CLOSE.credential);
  for (const who of [alice, holder]) assertRefused(await who.get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
  assert(took() < 1000);
  await foreign.settled();
  assertOk(await eve.get("/v1/me"));
  // Again it changes nothing, the time included.
  assert.deepEqual(assertOk(await operator.patch(`${TENANTS}/${id}`, { suspended: true })).data, data);
  const renamed = assertOk(await operator.patch(`${TENANTS}/${id}`, { suspended: true, name: "Shut" })).data;
  assert.equal(renamed.suspended_at, data.suspended_at);
  assertOk(await operator.patch(`${TENANTS}/${id}`, { suspended: false }));
  assertOk(await holder.get(`/v1/rooms/${room}`));
});

test("AD1 what the operator does to a tenant is on its audit", async (t) => {
  const { server, operator } = await open(t);
  const [admin] = await server.people("admin");
  const path = `${TENANTS}/${admin.me.tenant.id}`;
  assertOk(await operator.patch(path, { name: "Dev", limits: { max_rooms: 3 } }));
  assertOk(await operator.patch(path, { suspended: true }));
  assertOk(await operator.patch(path, { suspended: false }));
  const records = assertOk(await admin.get("/v1/admin/audit?actor=operator")).data;
  assert.deepEqual(
    records.map(({ action, details }: { action: string; details: object }) => [action, details]),
    [
      ["tenant.unsuspend", {}],
      ["tenant.suspend", {}],
      ["tenant.update", { limits: { max_rooms: 3 } }],
      ["tenant.update", { name: "Dev" }],
    ],
  );
});
