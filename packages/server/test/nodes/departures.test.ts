import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, Person } from "@stairwell/testing";
import { verify } from "@stairwell/server/testing";
import type { NodeProcess } from "./node-process.ts";
import { startProcesses } from "./processes.ts";
import { until } from "./until.ts";

const ROOMS = 30;

test("AU9 whom a node had begun to take out of their rooms when it was killed others take out of the rest, each once", async (t) => {
  const { nodes, db } = await startProcesses(t, ["a", "b", "c"]);
  const [a, b, c] = nodes as [NodeProcess, NodeProcess, NodeProcess];
  const at = (node: NodeProcess, name: string): Promise<Person> =>
    new Person(node.url, name, `dev-${name}@dev`).signIn();
  const [admin, alice, bob] = [await at(a, "admin"), await at(b, "alice"), await at(c, "bob")];
  const rooms: string[] = [];
  for (let i = 0; i < ROOMS; i++) rooms.push(await alice.roomWith([bob]));
  assertOk(await admin.post(`/v1/admin/participants/${bob.id}/deactivate`, {}));
  await a.kill("SIGKILL");
  const left = async (room: string): Promise<number> =>
    (await alice.history(room)).filter(
      ({ event_type, content }) =>
        event_type === "swp.room.member" && content.participant === bob.id && content.membership === "leave",
    ).length;
  const unfinished = async () => (await db.get<{ n: number }>("SELECT count(*) AS n FROM deactivations"))!.n;
  await until(async () => (await unfinished()) === 0);
  for (const room of rooms) assert.equal(await left(room), 1);
  // And one whose node lives, with two others that look for the same.
  const again = await at(b, "admin");
  const carol = await at(c, "carol");
  const others: string[] = [];
  for (let i = 0; i < ROOMS; i++) others.push(await alice.roomWith([carol]));
  assertOk(await again.post(`/v1/admin/participants/${carol.id}/deactivate`, {}));
  await until(async () => (await unfinished()) === 0);
  assert.deepEqual((await verify(db)).findings, []);
  for (const room of others) {
    const changes = (await alice.history(room)).filter(({ content }) => content?.participant === carol.id);
    assert.deepEqual(
      changes.map(({ content }) => content.membership),
      ["invite", "join", "leave"],
    );
  }
});
