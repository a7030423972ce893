import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freshDatabase, NatsServer, Person, StreamClient } from "@stairwell/testing";
import { nodeFolder } from "./node-folder.ts";
import { NodeProcess } from "./node-process.ts";
import { until } from "./until.ts";

test("ST3 the streams of a node that is killed go on at another, and who does not come back is offline", async (t) => {
  const database = await freshDatabase();
  const nats = await NatsServer.start(t);
  const folder = mkdtempSync(join(tmpdir(), "stairwell-killed-"));
  const nodes: NodeProcess[] = [];
  t.after(async () => {
    for (const node of nodes) await node.kill("SIGKILL");
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const name of ["a", "b"]) {
    nodes.push(await NodeProcess.start({ data: nodeFolder(folder, name), store: database.url, bus: nats.url }));
  }
  const [a, b] = nodes as [NodeProcess, NodeProcess];
  const at = (node: NodeProcess, name: string): Person => new Person(node.url, name, `dev-${name}@dev`);
  const alice = await at(a, "alice").signIn();
  const [bob, carol] = [await at(b, "bob").signIn(), await at(b, "carol").signIn()];
  const roomId = await alice.roomWith([bob, carol]);
  const hers = await StreamClient.open(t, alice);
  const isPresence =
    (who: Person, status: string) => (frame: { type: string; participant_id?: string; status?: string }) =>
      frame.type === "presence" && frame.participant_id === who.id && frame.status === status;
  const his = await StreamClient.open(t, bob);
  const lost = await StreamClient.open(t, carol);
  await hers.when("both are online", () => [bob, carol].every((who) => hers.frames.some(isPresence(who, "online"))));
  await alice.say(roomId, "one");
  await his.find(({ content }) => content?.body === "one");
  await b.kill("SIGKILL");
  assert.equal((await lost.closed()).code, 1006);
  await alice.say(roomId, "two");
  his.person = at(a, "bob");
  await his.resume();
  await alice.say(roomId, "three");
  await his.find(({ content }) => content?.body === "three");
  assert.deepEqual(
    his.events.map(({ content }) => content.body),
    ["one", "two", "three"],
  );
  await until(() => hers.frames.some(isPresence(carol, "offline")));
  assert.ok(!hers.frames.some(isPresence(bob, "offline")), "who came back in time was never away");
  await b.startAgain();
  const back = await StreamClient.open(t, await at(b, "carol").signIn());
  await alice.say(roomId, "four");
  await back.find(({ content }) => content?.body === "four");
  assert.equal(await b.kill("SIGTERM"), 0);
});
