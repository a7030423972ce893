import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, Person, rounds } from "@stairwell/testing";
import { walk } from "../directory/walk.ts";
import { foreigner, openStage, unchanged } from "../support/stage.ts";
import { deactivate, managed, untilGone } from "./managed.ts";

const PEOPLE = "/v1/admin/participants";

test("AU2 only an admin's credential with the scope admin makes admin calls", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const { token } = assertOk(await admin.post("/v1/me/tokens", { name: "no admin", scopes: ["read", "write"] })).data;
  const limited = new Person(admin.url, "admin", token);
  await unchanged(server, async () => {
    for (const who of [bob, limited]) {
      for (const path of [PEOPLE, managed(bob), "/v1/admin/rooms", "/v1/admin/audit", "/v1/admin/stats"]) {
        assertRefused(await who.get(path), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
      }
      assertRefused(await who.post(managed(bob, "/deactivate")), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
      assertRefused(await who.post(PEOPLE, { x: 1 }), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
    }
  });
});

test("AD2 participants are listed by name, type and status, page by page, those of the tenant only", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob", "carol"]);
  await foreigner(server, "eve");
  assertOk(await admin.post(PEOPLE, { local_id: "helper", participant_type: "bot", token: null }));
  await deactivate(server, admin, bob);
  const names = async (query: string) =>
    assertOk(await admin.get(`${PEOPLE}?${query}`)).data.map((who: { local_id: string }) => who.local_id);
  assert.deepEqual(await names(""), ["admin", "bob", "carol", "helper"]);
  assert.deepEqual(await names("status=active"), ["admin", "carol", "helper"]);
  assert.deepEqual(await names("status=deactivated"), ["bob"]);
  assert.deepEqual(await names("type=bot"), ["helper"]);
  assert.deepEqual(await names("q=AR"), ["carol"]);
  const walked = (await walk(admin, PEOPLE, 1)).map(({ local_id }) => local_id);
  assert.equal(assertOk(await admin.get(`${PEOPLE}?limit=1`)).meta.total, 4);
  assert.deepEqual(walked, ["admin", "bob", "carol", "helper"]);
});

test("AU11 an admin makes bots and agents, with a token that is shown once and works", async (t) => {
  const { admin } = await openStage(t, ["admin"]);
  const body = { local_id: "helper", participant_type: "agent", display_name: "Helper", auto_join: true };
  const key = { "idempotency-key": "make-it-once" };
  const made = assertOk(await admin.post(PEOPLE, body, key));
  assert.equal(made.status, 201);
  const { token, ...agent } = made.data;
  assert.deepEqual([agent.participant_type, agent.display_name, agent.auto_join], ["agent", "Helper", true]);
  assert.deepEqual(token.scopes, ["read", "write"]);
  assert.deepEqual((await admin.post(PEOPLE, body, key)).data, made.data);
  const helper = await new Person(admin.url, "helper", token.token).signIn();
  assert.equal(helper.id, agent.id);
  const shown = assertOk(await admin.get(`${PEOPLE}/${agent.id}`)).data;
  assert.deepEqual(shown, agent);
  const listed = assertOk(await admin.get(`${PEOPLE}/${agent.id}/tokens`)).data;
  assert.equal(JSON.stringify(listed).includes(token.token), false);
  assert.deepEqual(
    listed.map(({ id }: { id: string }) => id),
    [token.id],
  );
});

test("AU11 a local id that is or was somebody's is refused, and people are not made so", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  await deactivate(server, admin, bob);
  await unchanged(server, async () => {
    for (const body of [
      { local_id: "bob", participant_type: "bot" },
      { local_id: "dora", participant_type: "human" },
      { local_id: "Dora", participant_type: "bot" },
      { local_id: "dora", participant_type: "bot", roles: ["admin"] },
      { local_id: "dora", participant_type: "bot", display_name: " " },
      { local_id: "dora", participant_type: "bot", token: { expires_at: "2001-01-01T00:00:00Z" } },
    ]) {
      assertRefused(await admin.post(PEOPLE, body), 400, "SW_REQUEST_INVALID");
    }
    const admins = { local_id: "dora", participant_type: "bot", token: { scopes: ["read", "admin"] } };
    assertRefused(await admin.post(PEOPLE, admins), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
  });
});

test("AU11 a bot's tokens are minted, listed and revoked by an admin; people see to their own", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const bot = assertOk(await admin.post(PEOPLE, { local_id: "helper", participant_type: "bot", token: null })).data;
  assert.equal(bot.token, null);
  const tokens = `${PEOPLE}/${bot.id}/tokens`;
  const minted = assertOk(await admin.post(tokens, { name: "night shift", scopes: ["read"] })).data;
  const helper = new Person(admin.url, "helper", minted.token);
  assertOk(await helper.get("/v1/me"));
  assertRefused(await helper.put("/v1/me", {}), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
  assertOk(await admin.delete(`${tokens}/${minted.id}`));
  assertRefused(await helper.get("/v1/me"), 401, "SW_AUTH_INVALID_TOKEN");
  assertRefused(await admin.delete(`${tokens}/${minted.id}`), 404, "SW_NOT_FOUND");
  assert.deepEqual(assertOk(await admin.get(tokens)).data, []);

  await unchanged(server, async () => {
    const own = managed(bob, "/tokens");
    for (const call of [admin.post(own), admin.get(own), admin.delete(`${own}/${minted.id}`)]) {
      assertRefused(await call, 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU11");
    }
  });
  assertOk(await admin.post(`${PEOPLE}/${bot.id}/deactivate`));
  assertRefused(await admin.post(tokens), 409, "SW_MEMBER_STATE", "AU9");
});

test("AU8 roles are given and taken by an admin, count at once, and the last admin keeps theirs", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const { token } = assertOk(await bob.post("/v1/me/tokens", { name: "early" })).data;
  assertOk(await admin.patch(managed(bob), { roles: ["admin"] }));
  assertOk(await bob.get("/v1/admin/limits"));
  assertRefused(
    await new Person(bob.url, "bob", token).get("/v1/admin/limits"),
    403,
    "SW_AUTH_INSUFFICIENT_PERMISSION",
    "AU2",
  );
  assertOk(await bob.patch(managed(admin), { roles: [] }));
  // Development's `admin` has the role again at each sign-in; the last one standing is bob until then.
  await unchanged(server, async () => {
    assertRefused(
      await bob.patch(managed(bob), { roles: [], display_name: "Bobby" }),
      409,
      "SW_ROOM_LAST_ADMIN",
      "AU8",
    );
    assertRefused(await bob.post(managed(bob, "/deactivate")), 409, "SW_ROOM_LAST_ADMIN", "AU8");
  });
});

test("AU8 bots never have a role, nor do people who are deactivated", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const bot = assertOk(await admin.post(PEOPLE, { local_id: "helper", participant_type: "bot", token: null })).data;
  await deactivate(server, admin, bob);
  await unchanged(server, async () => {
    assertRefused(await admin.patch(`${PEOPLE}/${bot.id}`, { roles: ["admin"] }), 400, "SW_REQUEST_INVALID");
    assertRefused(await admin.patch(managed(bob), { roles: ["admin"] }), 400, "SW_REQUEST_INVALID");
    assertRefused(await admin.patch(managed(admin), { auto_join: true }), 400, "SW_REQUEST_INVALID");
    assertRefused(await admin.patch(managed(bob), { roles: ["owner"] }), 400, "SW_REQUEST_INVALID");
  });
  const changed = await admin.patch(`${PEOPLE}/${bot.id}`, { display_name: "Night helper", auto_join: true });
  assert.deepEqual([changed.data.display_name, changed.data.auto_join], ["Night helper", true]);
});

test("AU8 of two admins who drop their roles at once, one stays", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  const pair = [bob, carol];
  for (const who of pair) assertOk(await admin.patch(managed(who), { roles: ["admin"] }));
  assertOk(await bob.patch(managed(admin), { roles: [] }));
  for (let round = 0; round < rounds(50); round++) {
    const dropped = await Promise.all(pair.map((who) => who.patch(managed(who), { roles: [] })));
    assert.deepEqual(new Set(dropped.map(({ status }) => status)), new Set([200, 409]));
    const left = pair[dropped.findIndex(({ status }) => status === 409)]!;
    assertOk(await left.patch(managed(pair.find((who) => who !== left)!), { roles: ["admin"] }));
    const mutual = await Promise.all([
      bob.post(managed(carol, "/deactivate")),
      carol.post(managed(bob, "/deactivate")),
    ]);
    assert(mutual.some(({ status }) => status === 200) && mutual.some(({ status }) => status !== 200));
    const remaining = mutual[0]!.status === 200 ? bob : carol;
    const gone = remaining === bob ? carol : bob;
    await untilGone(server);
    assertOk(await remaining.post(managed(gone, "/reactivate")));
    assertOk(await remaining.patch(managed(gone), { roles: ["admin"] }));
  }
});
