import assert from "node:assert/strict";
import { test } from "node:test";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openWorkspaces } from "./endpoints.ts";

test("somebody is added once, and adding them again sets the role", async (t) => {
  const { person, create, add, get } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await create(alice, { name: "Team" });
  const added = await add(alice, id, bob, "viewer");
  assert.equal(added.status, 201);
  assert.equal(added.data.participant.fqid, bob.fqid);
  const again = await add(alice, id, bob, "editor");
  assert.equal(again.status, 200);
  assert.equal(again.data.role, "editor");
  assert.equal((await get(bob, id)).role, "editor");
});

test("32 addings of one person at once make one member", async (t) => {
  const { person, create, add, members } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await create(alice, { name: "Team" });
  const answers = await Promise.all(Array.from({ length: 32 }, () => add(alice, id, bob, "viewer")));
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal((await members(alice, id)).data.length, 2);
});

test("AP3 people who are unknown, foreign or gone cannot be added", async (t) => {
  const { db, person, create, add, setRole, removeMember } = await openWorkspaces(t);
  const alice = await person("alice");
  const gone = await person("gone");
  await db.write("deployment", (tx) => tx.run("UPDATE participants SET deactivated_at = 1 WHERE local_id = 'gone'"));
  const other = await makeTenant(db, "other");
  const stranger = actorFor(other, await makePerson(db, other, "bob"));
  const { id } = await create(alice, { name: "Team" });
  for (const who of [gone, stranger, { participantId: "prt-unknown" }]) {
    await assert.rejects(add(alice, id, who, "viewer"), { code: "SW_PARTICIPANT_NOT_FOUND" });
    await assert.rejects(setRole(alice, id, who, "viewer"), { code: "SW_PARTICIPANT_NOT_FOUND" });
    await assert.rejects(removeMember(alice, id, who), { code: "SW_PARTICIPANT_NOT_FOUND" });
  }
});

test("a role can be changed of members only", async (t) => {
  const { person, create, setRole } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await create(alice, { name: "Team" });
  await assert.rejects(setRole(alice, id, bob, "editor"), { code: "SW_PARTICIPANT_NOT_FOUND" });
});

test("WS3 the last owner stays owner, however it is tried", async (t) => {
  const { person, create, add, setRole, removeMember, get } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await create(alice, { name: "Team" });
  await add(alice, id, bob, "editor");
  const refused = { code: "SW_WORKSPACE_NEEDS_OWNER" };
  await assert.rejects(setRole(alice, id, alice, "editor"), refused);
  await assert.rejects(add(alice, id, alice, "viewer"), refused);
  await assert.rejects(removeMember(alice, id, alice), refused);
  assert.equal((await setRole(alice, id, alice, "owner")).data.role, "owner");

  await setRole(alice, id, bob, "owner");
  await removeMember(alice, id, alice);
  await assert.rejects(get(alice, id), { code: "SW_WORKSPACE_NOT_FOUND" });
  await assert.rejects(removeMember(bob, id, bob), refused);
});

test("WS3 of 32 owners who leave at once one stays", async (t) => {
  const { person, create, add, removeMember, get } = await openWorkspaces(t);
  const owners = [];
  for (let i = 0; i < 32; i++) owners.push(await person(`p${i}`));
  const { id } = await create(owners[0]!, { name: "Team" });
  for (const owner of owners.slice(1)) await add(owners[0]!, id, owner, "owner");
  const outcomes = await Promise.allSettled(owners.map((owner) => removeMember(owner, id, owner)));
  const stayed = owners.filter((_, i) => outcomes[i]!.status === "rejected");
  assert.equal(stayed.length, 1);
  assert.equal((await get(stayed[0]!, id)).role, "owner");
});

test("WS3 a personal workspace keeps its person as owner, whoever else is one", async (t) => {
  const { person, add, setRole, removeMember, personalOf } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const { id } = await personalOf(alice);
  await add(alice, id, bob, "owner");
  const refused = { code: "SW_WORKSPACE_NEEDS_OWNER" };
  await assert.rejects(setRole(bob, id, alice, "viewer"), refused);
  await assert.rejects(removeMember(bob, id, alice), refused);
  await assert.rejects(removeMember(alice, id, alice), refused);
  assert.deepEqual((await removeMember(alice, id, bob)).data, { participant_id: bob.participantId, removed: true });
});

test("WS2 leaving needs no role, removing others does", async (t) => {
  const { person, create, add, removeMember, members } = await openWorkspaces(t);
  const alice = await person("alice");
  const bob = await person("bob");
  const carol = await person("carol");
  const { id } = await create(alice, { name: "Team" });
  await add(alice, id, bob, "viewer");
  await add(alice, id, carol, "editor");
  await assert.rejects(removeMember(carol, id, bob), { code: "SW_WORKSPACE_FORBIDDEN" });
  await removeMember(bob, id, bob);
  await removeMember(alice, id, carol);
  assert.deepEqual(
    (await members(alice, id)).data.map(({ role }) => role),
    ["owner"],
  );
});

test("AP7 members are listed in pages, to any member", async (t) => {
  const { person, create, add, members } = await openWorkspaces(t);
  const alice = await person("alice");
  const { id } = await create(alice, { name: "Team" });
  const bob = await person("bob");
  for (const who of [bob, await person("carol"), await person("dave")]) await add(alice, id, who, "viewer");
  const first = await members(bob, id, { limit: 3 });
  assert.deepEqual(
    first.data.map(({ participant }) => participant.local_id),
    ["alice", "bob", "carol"],
  );
  assert.equal(first.meta.total, 4);
  const rest = await members(bob, id, { limit: 3, cursor: first.meta.next_cursor });
  assert.deepEqual(
    rest.data.map(({ participant }) => participant.local_id),
    ["dave"],
  );
  assert.equal(rest.meta.has_more, false);
  await assert.rejects(members(alice, id, { cursor: first.meta.next_cursor }), { code: "SW_REQUEST_INVALID" });
});
