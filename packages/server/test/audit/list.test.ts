import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused } from "@stairwell/testing";
import { walk } from "../directory/walk.ts";
import { foreigner, openStage } from "../support/stage.ts";
import { managed } from "../admin/managed.ts";

const AUDIT = "/v1/admin/audit";

interface Shown {
  number: number;
  at: string;
  action: string;
  actor: string;
  actor_id: string | null;
  target_id: string | null;
  room_id: string | null;
  details: Record<string, unknown>;
}

test("AD1 the audit is the admins' alone, and each tenant's is its own", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const other = await foreigner(server, "admin");
  const room = await bob.roomWith([]);
  assertOk(await bob.post(`/v1/rooms/${room}/archive`));
  assertRefused(await bob.get(AUDIT), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
  const theirs = assertOk(await other.get(AUDIT)).data as Shown[];
  assert.deepEqual(
    theirs.map(({ action }) => action),
    ["tenant.create"],
  );
  for (const query of [`room_id=${room}`, `actor=${bob.id}`, "action=room.archive"]) {
    assert.deepEqual(assertOk(await other.get(`${AUDIT}?${query}`)).data, [], query);
    assert.equal(assertOk(await admin.get(`${AUDIT}?${query}`)).data.length, 1, query);
  }
});

test("AD1 administration is on record: who did what to whom, with the request, and no token", async (t) => {
  const { server, admin, bob } = await openStage(t, ["admin", "bob"]);
  const people = "/v1/admin/participants";
  const bot = assertOk(
    await admin.post(people, { local_id: "helper", participant_type: "bot" }, { "x-request-id": "the-making" }),
  ).data;
  const { id, token } = assertOk(await admin.post(`${people}/${bot.id}/tokens`, { name: "night shift" })).data;
  assertOk(await admin.delete(`${people}/${bot.id}/tokens/${id}`));
  assertOk(await admin.patch(`${people}/${bot.id}`, { auto_join: true }));
  assertOk(await admin.patch(managed(bob), { roles: ["admin"] }));
  assertOk(await admin.patch(managed(bob), { roles: [] }));
  assertOk(await admin.post(managed(bob, "/deactivate")));
  await server.setLimits({ max_rooms: 5 });
  const records = assertOk(await admin.get(AUDIT)).data as Shown[];
  const told = records.toReversed().map(({ action, actor, target_id, details }) => [action, actor, target_id, details]);
  assert.deepEqual(told, [
    ["tenant.create", "server", null, {}],
    ["participant.create", "participant", bot.id, { participant_type: "bot", roles: [] }],
    ["token.mint", "participant", bot.id, { token_id: bot.token.id, scopes: ["read", "write"] }],
    ["token.mint", "participant", bot.id, { token_id: id, scopes: ["read", "write"] }],
    ["token.revoke", "participant", bot.id, { token_id: id }],
    ["participant.update", "participant", bot.id, { auto_join: true }],
    ["role.grant", "participant", bob.id, { role: "admin" }],
    ["role.revoke", "participant", bob.id, { role: "admin" }],
    ["participant.deactivate", "participant", bob.id, {}],
    ["tenant.update", "operator", null, { limits: { max_rooms: 5 } }],
  ]);
  assert.equal(
    records.some((record) => JSON.stringify(record).includes(token)),
    false,
  );
  const made = records.filter((record) => JSON.stringify(record).includes('"the-making"'));
  assert.deepEqual(
    made.map(({ action }) => action),
    ["token.mint", "participant.create"],
  );
});

test("AD1 the audit is filtered by action, actor, target, room and time, and walked page by page", async (t) => {
  const { server, admin, bob, carol } = await openStage(t, ["admin", "bob", "carol"]);
  await server.liftLimits();
  const room = await bob.roomWith([carol]);
  const path = `/v1/rooms/${room}`;
  for (let i = 1; i <= 6; i++) {
    assertOk(await bob.put(`${path}/members/${carol.id}/power-level`, { power_level: i }));
  }
  assertOk(await bob.post(`${path}/kick`, { participant_id: carol.id }));
  const all = assertOk(await admin.get(`${AUDIT}?limit=200`)).data as Shown[];
  const numbers = async (query: string) =>
    (assertOk(await admin.get(`${AUDIT}?${query}`)).data as Shown[]).map(({ number }) => number);
  const where = (holds: (record: Shown) => boolean) => all.filter(holds).map(({ number }) => number);
  for (const [query, holds] of [
    ["action=member.kick", ({ action }) => action === "member.kick"],
    [`actor=${bob.id}`, ({ actor_id }) => actor_id === bob.id],
    ["actor=operator", ({ actor }) => actor === "operator"],
    [
      `target=${carol.id}&action=member.power`,
      ({ target_id, action }) => target_id !== null && action.endsWith("power"),
    ],
    [`room_id=${room}`, ({ room_id }) => room_id === room],
    [`actor=${carol.id}`, () => false],
    ["actor=prt-nobody", () => false],
    ["room_id=room-none", () => false],
    ["from=2999-01-01T00:00:00Z", () => false],
    ["to=2999-01-01T00:00:00Z", () => true],
    ["from=2001-01-01T00:00:00Z&to=2002-01-01T00:00:00Z", () => false],
    [`from=${all[3]!.at}`, ({ at }) => at >= all[3]!.at],
    [`to=${all[3]!.at}`, ({ at }) => at < all[3]!.at],
    [`from=${all[6]!.at}&to=${all[2]!.at}`, ({ at }) => at >= all[6]!.at && at < all[2]!.at],
  ] as [string, (record: Shown) => boolean][]) {
    assert.deepEqual(await numbers(query), where(holds), query);
  }
  // What is added meanwhile does not disturb the walk.
  const disturb = (page: number) => (page === 1 ? bob.post(`${path}/archive`).then(assertOk) : Promise.resolve());
  const walked = (await walk(admin, `${AUDIT}?room_id=${room}`, 3, disturb)).map(({ number }) => number);
  assert.deepEqual(
    walked,
    where(({ room_id }) => room_id === room),
  );
  assertRefused(await admin.get(`${AUDIT}?from=yesterday`), 400, "SW_REQUEST_INVALID");
  assertRefused(await admin.get(`${AUDIT}?action=member.praise`), 400, "SW_REQUEST_INVALID");
  assertRefused(await admin.get(`${AUDIT}?limit=201`), 400, "SW_REQUEST_INVALID");
});
