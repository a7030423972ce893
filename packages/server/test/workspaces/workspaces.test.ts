import assert from "node:assert/strict";
import { test } from "node:test";
import { wireTime } from "../../src/lib/clock.ts";
import { roleIn } from "../../src/workspaces/index.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openWorkspaces } from "./endpoints.ts";

test("a workspace's maker is its owner", async (t) => {
  const { db, clock, rooms, tenant, person, create, get } = await openWorkspaces(t);
  const alice = await person("alice");
  const made = await create(alice, { name: "  Müller & Söhne " });
  assert.match(made.id, /^ws-/);
  const expected = {
    id: made.id,
    slug: "muller-sohne",
    name: "Müller & Söhne",
    personal: false,
    role: "owner",
    rooms_count: 0,
    created_at: wireTime(clock.now()),
  };
  assert.deepEqual(made, expected);
  rooms.set(made.id, 3);
  assert.deepEqual(await get(alice, made.id), { ...expected, rooms_count: 3 });
  assert.equal(await roleIn(db, tenant.tenantNo, made.id, alice.participantNo), "owner");
});

test("WS4 a slug is unique in its tenant; one that is made is made free", async (t) => {
  const { db, person, create, update } = await openWorkspaces(t);
  const alice = await person("alice");
  const first = await create(alice, { name: "Plans" });
  await assert.rejects(create(alice, { name: "Other", slug: "plans" }), { code: "SW_WORKSPACE_SLUG_TAKEN" });
  const second = await create(alice, { name: "Plans" });
  assert.match(second.slug, /^plans-[0-9a-f]{6}$/);
  const long = await create(alice, { name: "x".repeat(100) });
  const longer = await create(alice, { name: "x".repeat(101) });
  assert.deepEqual([long.slug.length, longer.slug.length], [64, 64]);
  assert.equal((await create(alice, { name: "日本語" })).slug, "workspace");
  await assert.rejects(update(alice, second.id, { slug: first.slug }), { code: "SW_WORKSPACE_SLUG_TAKEN" });
  assert.equal((await update(alice, first.id, { slug: first.slug })).slug, "plans");

  const other = await makeTenant(db, "other");
  const stranger = actorFor(other, await makePerson(db, other, "alice"));
  assert.equal((await create(stranger, { name: "Plans", slug: "plans" })).slug, "plans");
});

test("WS4 32 takings of one slug at once give it to one", async (t) => {
  const { person, create } = await openWorkspaces(t);
  const alice = await person("alice");
  const outcomes = await Promise.allSettled(
    Array.from({ length: 32 }, (_, i) => create(alice, { name: `W ${i}`, slug: "wanted" })),
  );
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
});

test("WS1 a workspace that the caller is no member of answers as unknown, to every call", async (t) => {
  const { db, person, create, get, update, remove, members, add, setRole, removeMember } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await create(alice, { name: "Private" });
  const other = await makeTenant(db, "other");
  const stranger = actorFor(other, await makePerson(db, other, "alice"));
  for (const [actor, workspace] of [
    [bob, id],
    [stranger, id],
    [alice, "ws-unknown"],
    [alice, ""],
  ] as const) {
    for (const attempt of [
      () => get(actor, workspace),
      () => update(actor, workspace, { name: "Mine" }),
      () => remove(actor, workspace),
      () => members(actor, workspace),
      () => add(actor, workspace, actor, "owner"),
      () => setRole(actor, workspace, alice, "viewer"),
      () => removeMember(actor, workspace, actor),
    ]) {
      await assert.rejects(attempt(), {
        code: "SW_WORKSPACE_NOT_FOUND",
        message: "There is no such workspace.",
        info: {},
      });
    }
  }
  assert.equal((await get(alice, id)).name, "Private");
});

test("WS2 viewers and editors look, owners change", async (t) => {
  const { person, create, get, update, remove, add } = await openWorkspaces(t);
  const alice = await person("alice");
  const { id } = await create(alice, { name: "Team" });
  for (const role of ["viewer", "editor"] as const) {
    const member = await person(role);
    await add(alice, id, member, role);
    assert.equal((await get(member, id)).role, role);
    for (const attempt of [
      () => update(member, id, { name: "Ours" }),
      () => remove(member, id),
      () => add(member, id, member, "owner"),
    ]) {
      await assert.rejects(attempt(), {
        code: "SW_WORKSPACE_FORBIDDEN",
        info: { rule: "WS2", details: { needed: "owner", actual: role } },
      });
    }
  }
  assert.equal((await update(alice, id, { name: "Ours" })).name, "Ours");
});

test("WS5 a workspace with rooms is kept, an empty one goes with its members", async (t) => {
  const { rooms, person, create, get, remove, add, list } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await create(alice, { name: "Team" });
  await add(alice, id, bob, "viewer");
  rooms.set(id, 1);
  await assert.rejects(remove(alice, id), { code: "SW_WORKSPACE_NOT_EMPTY" });
  rooms.set(id, 0);
  assert.deepEqual((await remove(alice, id)).data, { id, deleted: true });
  await assert.rejects(get(alice, id), { code: "SW_WORKSPACE_NOT_FOUND" });
  assert.deepEqual(
    (await list(bob)).data.map((one) => one.personal),
    [true],
  );
});

test("WS5 a personal workspace is never deleted", async (t) => {
  const { person, remove, personalOf } = await openWorkspaces(t);
  const alice = await person("alice");
  const personal = await personalOf(alice);
  assert.equal(personal.name, "alice");
  await assert.rejects(remove(alice, personal.id), { code: "SW_WORKSPACE_FORBIDDEN" });
});

test("AP7 the list of workspaces is walked page by page", async (t) => {
  const { rooms, person, create, list } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const made = [];
  for (let i = 0; i < 4; i++) made.push((await create(alice, { name: `W ${i}` })).id);
  rooms.set(made[3]!, 2);
  const seen = [];
  let cursor: string | null | undefined;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(alice, cursor ? { limit: 2, cursor } : { limit: 2 });
    assert.equal(page.meta.total, 5);
    seen.push(...page.data);
    cursor = page.meta.next_cursor;
    if (cursor !== null) await assert.rejects(list(bob, { cursor }), { code: "SW_REQUEST_INVALID" });
  } while (cursor !== null);
  assert.deepEqual(
    seen.slice(1).map(({ id }) => id),
    made,
  );
  assert.equal(seen[0]!.personal, true);
  assert.equal(seen.at(-1)!.rooms_count, 2);
});
