import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertOk, freshDatabase, Person } from "@stairwell/testing";
import { Follower, taken } from "../federation/follower.ts";
import { say } from "../federation/pair.ts";
import { nodeFolder } from "./node-folder.ts";
import { NodeProcess } from "./node-process.ts";
import { until } from "./until.ts";

test("FD16 FOU-21 when the node is killed that tells another server, the next one goes on: nothing is lost, in order", async (t) => {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "stairwell-told-"));
  const hosts = new Map<string, string>();
  const follower = await Follower.start(t, { hosts }, "far.localhost");
  const nodes: NodeProcess[] = [];
  t.after(async () => {
    for (const node of nodes) await node.kill("SIGKILL");
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const name of ["a", "b"]) {
    const settings = { data: nodeFolder(folder, name), store: database.url, hosts: Object.fromEntries(hosts) };
    nodes.push(await NodeProcess.start(settings));
  }
  const [a, b] = nodes as [NodeProcess, NodeProcess];
  const at = (node: NodeProcess, name: string) => new Person(node.url, name, `dev-${name}@dev`);
  const [ann, admin] = [await at(a, "ann").signIn(), await at(a, "admin").signIn()];
  assertOk(await admin.put("/v1/admin/federation/policy", { default_mode: "open" }));
  const room = await ann.roomWith([], { name: "Shared" });
  assertOk(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: true }));
  await follower.join({ name: "dev.localhost", server: a }, admin, room);
  const bodies = (): unknown[] => [...new Set(follower.bodies(room))];
  await say(ann, room, "one");
  await until(() => bodies().length === 1);
  // It has it, and its answer never comes.
  follower.react = () => "hang";
  await say(ann, room, "two");
  await until(() => bodies().length === 2);
  const before = follower.batches.length;
  const elsewhere = await at(b, "ann").signIn();
  await say(elsewhere, room, "three");
  // What another node says does not go past what is under way.
  assert.equal(follower.batches.length, before, "one node at a time tells a server");
  follower.react = taken;
  await a.kill("SIGKILL");
  await say(elsewhere, room, "four");
  await until(() => bodies().length === 4);
  assert.deepEqual(bodies(), ["one", "two", "three", "four"]);
  const positions = follower.positions(room);
  const firsts = [...new Set(positions)];
  assert.deepEqual(
    firsts,
    firsts.toSorted((x, y) => x - y),
  );
  await until(async () => {
    const peers = assertOk(await (await at(b, "admin").signIn()).get("/v1/admin/federation/peers")).data;
    return (peers as { queued: number }[])[0]!.queued === 0;
  });
});
